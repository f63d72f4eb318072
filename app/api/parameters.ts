import type { inferParserType, ParserMap } from "nuqs/server";
import { ReadError } from "@/lib/analytics/errors";

/**
 * The query parameters of a request.
 *
 * @throws ReadError `bad_request` naming the first parameter that is unknown or cannot be read.
 */
export function readParameters<Parsers extends ParserMap>(
  request: Request,
  parsers: Parsers,
): inferParserType<Parsers> {
  const given = new URL(request.url).searchParams;
  for (const key of new Set(given.keys()))
    if (!(key in parsers))
      throw new ReadError(
        "bad_request",
        `There is no parameter ${key}.`,
        `There are: ${Object.keys(parsers).join(", ")}.`,
      );
  return Object.fromEntries(
    Object.entries(parsers).map(([key, parser]) => {
      const values = given.getAll(key);
      if (values.length === 0) return [key, "defaultValue" in parser ? parser.defaultValue : null];
      const value = parser.type === "multi" ? parser.parse(values) : parser.parse(values[0] ?? "");
      if (value === null)
        throw new ReadError("bad_request", `The parameter ${key} cannot be read.`);
      return [key, value];
    }),
  ) as inferParserType<Parsers>;
}

/** @throws ReadError `bad_request` for what is not a UUID. */
export function readUuid(what: string, value: string | null): string {
  const id = value?.toLowerCase() ?? "";
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
    throw new ReadError("bad_request", `The ${what} is not a UUID.`);
  return id;
}
