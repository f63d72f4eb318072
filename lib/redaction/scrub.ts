import type { RedactionRules } from "./rules";

const expressions = new WeakMap<RedactionRules, RegExp>();

/**
 * A text without what looks like a hidden key with its value: `password=…`, `"token": "…"`, `Authorization: Bearer …`.
 * For keys in quotation marks every rule counts by its last key; for bare ones only rules of a single key, since the
 * words around it are no path. It is a net under errors that quote their input, not a proof.
 */
export function scrubText(rules: RedactionRules, text: string): string {
  if (rules.patterns.length === 0) return text;
  let expression = expressions.get(rules);
  if (!expression) {
    expression = expressionOf(rules);
    expressions.set(rules, expression);
  }
  return text.replace(expression, "$1[redacted]");
}

/** A key, then a colon or equals sign, then a value: quoted, bracketed (to the end of the text), or up to a space. */
function expressionOf({ patterns }: RedactionRules): RegExp {
  const oneOf = (some: RedactionRules["patterns"]) => some.map(({ key }) => key).join("|");
  const quoted = String.raw`\\*["'](?:${oneOf(patterns)})\\*["']`;
  const single = patterns.filter(({ anywhere }) => anywhere);
  const key = single.length > 0 ? `(?:${quoted}|(?:${oneOf(single)}))` : quoted;
  const value = String.raw`"(?:[^"\\]|\\[^])*"?|\\+"[^"]*"?|'[^']*'?|[[{][^]*|(?:(?:bearer|basic|token) +)?[^\s,;&)}\]"']+`;
  return new RegExp(String.raw`((?<![\w-])${key}\s*[:=]\s*)(?:${value})`, "gi");
}
