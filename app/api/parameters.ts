import { createLoader, type inferParserType, type ParserMap, parseAsString } from "nuqs/server";
import { isUuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";

/**
 * The query parameters of a request.
 *
 * @throws ProblemError `bad_request` naming the first parameter that is unknown or invalid.
 */
export function parseParameters<Parsers extends ParserMap>(
  request: Request,
  parsers: Parsers,
): inferParserType<Parsers> {
  const given = new URL(request.url).searchParams;
  const known = Object.keys(parsers).join(", ");
  for (const key of new Set(given.keys()))
    if (!(key in parsers))
      throw new ProblemError({
        code: "bad_request",
        message: `Unknown parameter ${key}.`,
        hint: known ? `Known parameters: ${known}.` : "This route takes no parameters.",
      });
  return Object.fromEntries(
    Object.entries(parsers).map(([key, parser]) => {
      try {
        return [key, createLoader({ [key]: parser })(given, { strict: true })[key]];
      } catch {
        throw new ProblemError({
          code: "bad_request",
          message: `Invalid parameter ${key}.`,
        });
      }
    }),
  ) as inferParserType<Parsers>;
}

/**
 * The value of the only parameter, `name`. @throws ProblemError `bad_request` if it is missing, or if there are others.
 */
export function parseName(request: Request): string {
  const { name } = parseParameters(request, { name: parseAsString });
  if (name === null)
    throw new ProblemError({ code: "bad_request", message: "The parameter name is missing." });
  return name;
}

/** @throws ProblemError `bad_request` for a value that isn't a UUID. */
export function parseUuid(what: string, value: string | null): string {
  const id = value?.toLowerCase() ?? "";
  if (!isUuid(id))
    throw new ProblemError({ code: "bad_request", message: `The ${what} is not a UUID.` });
  return id;
}
