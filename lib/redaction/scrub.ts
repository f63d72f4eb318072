import type { RedactionRules } from "./rules";

const expressions = new WeakMap<RedactionRules, RegExp>();

/**
 * Replaces what looks like the value of a redacted key in free text: `password=…`, `"token": "…"`, `Authorization: Bearer …`.
 * Quoted keys are matched with the last key of every rule, bare keys only with rules of one key, since free text has no
 * paths. Best effort, for errors that quote their input.
 */
export function scrubText(rules: RedactionRules, text: string): string {
  if (rules.everything) return "[redacted]";
  if (rules.patterns.length === 0) return text;
  let expression = expressions.get(rules);
  if (!expression) {
    expression = createExpression(rules);
    expressions.set(rules, expression);
  }
  return text.replace(expression, "$1[redacted]");
}

/** Matches a key, a colon or equals sign, and a value: quoted, bracketed (to the end of the text), or up to a space. */
function createExpression({ patterns }: RedactionRules): RegExp {
  const oneOf = (some: RedactionRules["patterns"]) => some.map(({ key }) => key).join("|");
  const quoted = String.raw`\\*["'](?:${oneOf(patterns)})\\*["']`;
  const single = patterns.filter(({ anywhere }) => anywhere);
  const key = single.length > 0 ? `(?:${quoted}|(?:${oneOf(single)}))` : quoted;
  const value = String.raw`"(?:[^"\\]|\\[^])*"?|\\+"[^"]*"?|'[^']*'?|[[{][^]*|(?:(?:bearer|basic|token) +)?[^\s,;&)}\]"']+`;
  return new RegExp(String.raw`((?<![\w-])${key}\s*[:=]\s*)(?:${value})`, "gi");
}
