import type { ParserMap } from "nuqs/server";

type Parser = ParserMap[string];

/**
 * What a parser makes of the values that an address has under its key: its default, or `null`, where there are none, and
 * `undefined` for what it cannot read. Of several values a parser for one takes the first.
 */
export function readValue(parser: Parser, values: readonly string[]): unknown {
  const [first] = values;
  if (first === undefined) return defaultOf(parser);
  return (parser.type === "multi" ? parser.parse(values) : parser.parse(first)) ?? undefined;
}

/** What stands for a key that an address does not have. */
export function defaultOf(parser: Parser): unknown {
  return "defaultValue" in parser ? parser.defaultValue : null;
}
