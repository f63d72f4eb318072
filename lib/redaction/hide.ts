import { isLosslessNumber, parse, stringify } from "lossless-json";
import { extendPath, isHiddenMember, isLink, mayHide, type RedactionRules } from "./rules";
import { scrubText } from "./scrub";

/** What stands in place of the n-th hidden value of a document, counted from 1 in the order of its text. */
export function maskOf(number: number): string {
  return `[redacted ${number}]`;
}

/** The number in a mask; `undefined` for any other value. */
export function maskNumber(value: unknown): number | undefined {
  const digits = typeof value === "string" ? /^\[redacted (\d+)\]$/.exec(value)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

/** Whether a text has a mask in it. */
export function holdsMask(text: string): boolean {
  return /\[redacted \d+\]/.test(text);
}

/**
 * A JSON text with the values of hidden keys replaced by masks, and how many there are. A string that holds JSON with a
 * hidden key is replaced as a whole, so is a document that is nested too deeply to look into. In an error, texts lose
 * what looks like a hidden key with its value. A text in which nothing is hidden comes back as it is; in others every
 * number keeps its digits.
 *
 * @param steps keys from the root to this value, where it is not the whole.
 */
export function hideText(
  rules: RedactionRules,
  root: string,
  text: string,
  steps: readonly string[] = [],
): { text: string; hidden: number } {
  if (!mayHide(rules, text)) return { text, hidden: 0 };
  try {
    const { value, hidden, changed } = hideValues(rules, root, parse(text), steps);
    return changed
      ? { text: stringify(value) ?? "null", hidden: hidden.length }
      : { text, hidden: 0 };
  } catch {
    return { text: JSON.stringify(maskOf(1)), hidden: 1 };
  }
}

/** The values that `hideText` masks in a document, by number from 1, each with the path it has. */
export type HiddenValue = { value: unknown; path: string };

/**
 * As `hideText`, on a parsed value, which is changed in place.
 *
 * @throws RangeError when it is nested too deeply.
 */
export function hideValues(
  rules: RedactionRules,
  root: string,
  document: unknown,
  steps: readonly string[] = [],
): { value: unknown; hidden: HiddenValue[]; changed: boolean } {
  const hidden: HiddenValue[] = [];
  let changed = false;
  const mask = (value: unknown, path: string) => {
    hidden.push({ value, path });
    return maskOf(hidden.length);
  };
  const visit = (value: unknown, keys: string[], depth: number, path: string): unknown => {
    if (typeof value === "string") {
      if (holdsHidden(rules, value)) return mask(value, path);
      return root === "error" ? scrubText(rules, value) : value;
    }
    if (value === null || typeof value !== "object" || isLosslessNumber(value)) return value;
    const members = value as Record<string, unknown>;
    const isArray = Array.isArray(value);
    for (const key of Object.keys(members)) {
      const inner = isArray ? keys : extendPath(rules, keys, key);
      const place = `${path}/${key}`;
      const isHidden = !isArray && !isLink(root, depth + 1, key) && isHiddenMember(rules, inner);
      const shown = isHidden
        ? mask(members[key], place)
        : visit(members[key], inner, depth + 1, place);
      if (shown === members[key]) continue;
      members[key] = shown;
      changed = true;
    }
    return value;
  };
  const keys = [root, ...steps].reduce<string[]>((path, key) => extendPath(rules, path, key), []);
  const value = visit(document, keys, steps.length, "");
  return { value, hidden, changed: changed || value !== document };
}

/** Whether a string is JSON with a hidden key in it, or looks like it and cannot be read to the end. */
export function holdsHidden(rules: RedactionRules, text: string): boolean {
  if (!/^\s*[[{]/.test(text) || !mayHide(rules, text)) return false;
  try {
    return hideValues(rules, "", JSON.parse(text)).hidden.length > 0;
  } catch {
    return scrubText(rules, text) !== text;
  }
}
