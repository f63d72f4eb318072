import { isLosslessNumber, parse, stringify } from "lossless-json";
import {
  extendPath,
  isLink,
  isRedactedMember,
  mayContainRedacted,
  type RedactionRules,
} from "./rules";
import { scrubText } from "./scrub";

/** The mask of the n-th redacted value of a document, counted from 1 in the order of the text. */
export function formatMask(number: number): string {
  return `[redacted ${number}]`;
}

/** The number in a mask; `undefined` for any other value. */
export function parseMask(value: unknown): number | undefined {
  const digits = typeof value === "string" ? /^\[redacted (\d+)\]$/.exec(value)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

/** Whether a text contains a mask. */
export function containsMask(text: string): boolean {
  return /\[redacted \d+\]/.test(text);
}

/**
 * Replaces the values of redacted keys in a JSON text by masks. A string that contains JSON with a redacted key is replaced
 * as a whole, and so is a document that is nested too deeply to parse. In errors, strings also lose text that looks like a
 * redacted key with its value. Returns the text unchanged if nothing is redacted; otherwise every number keeps its digits.
 *
 * @param steps keys from the root to this value, if it is part of a document.
 * @returns the text, and the number of masks in it.
 */
export function redactText(
  rules: RedactionRules,
  root: string,
  text: string,
  steps: readonly string[] = [],
): { text: string; redacted: number } {
  if (!mayContainRedacted(rules, text)) return { text, redacted: 0 };
  try {
    const { value, redacted, changed } = redactValues(rules, root, parse(text), steps);
    return changed
      ? { text: stringify(value) ?? "null", redacted: redacted.length }
      : { text, redacted: 0 };
  } catch {
    return { text: JSON.stringify(formatMask(1)), redacted: 1 };
  }
}

/** A value that `redactText` masks, and its path in the document. */
export type RedactedValue = { value: unknown; path: string };

/**
 * Like `redactText`, for a parsed value, which is modified. `redacted` has the masked values; mask n is at index n - 1.
 *
 * @throws RangeError if it is nested too deeply.
 */
export function redactValues(
  rules: RedactionRules,
  root: string,
  document: unknown,
  steps: readonly string[] = [],
): { value: unknown; redacted: RedactedValue[]; changed: boolean } {
  const redacted: RedactedValue[] = [];
  let changed = false;
  const mask = (value: unknown, path: string) => {
    redacted.push({ value, path });
    return formatMask(redacted.length);
  };
  const visit = (value: unknown, keys: string[], depth: number, path: string): unknown => {
    if (rules.everything && !hasNames(root, depth, value)) return mask(value, path);
    if (typeof value === "string") {
      if (rules.everything) return value;
      if (containsRedacted(rules, value)) return mask(value, path);
      return root === "error" ? scrubText(rules, value) : value;
    }
    if (value === null || typeof value !== "object" || isLosslessNumber(value)) return value;
    const members = value as Record<string, unknown>;
    const isArray = Array.isArray(value);
    for (const key of Object.keys(members)) {
      const inner = isArray ? keys : extendPath(rules, keys, key);
      const place = `${path}/${key}`;
      const isRedacted =
        !isArray && !keepsName(rules, root, depth + 1, key) && isRedactedMember(rules, inner);
      const shown = isRedacted
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
  return { value, redacted, changed: changed || value !== document };
}

/** Whether members of a value remain when everything is redacted. */
function hasNames(root: string, depth: number, value: unknown): boolean {
  if (depth === 1) return typeof value === "string";
  return depth === 0 && (root === "headers" || root === "error") && isObject(value);
}

function keepsName(rules: RedactionRules, root: string, depth: number, key: string): boolean {
  const isName = rules.everything && root === "error" && depth === 1 && key === "name";
  return isName || isLink(root, depth, key);
}

function isObject(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !isLosslessNumber(value)
  );
}

/** Whether a string is JSON with a redacted key, or looks like it but cannot be parsed. */
export function containsRedacted(rules: RedactionRules, text: string): boolean {
  if (rules.everything) return true;
  if (!/^\s*[[{]/.test(text) || !mayContainRedacted(rules, text)) return false;
  try {
    return redactValues(rules, "", JSON.parse(text)).redacted.length > 0;
  } catch {
    return scrubText(rules, text) !== text;
  }
}
