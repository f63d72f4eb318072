import { stripTerminalCodes } from "@/lib/model/recorded-error";
import { listHints, matchesKey, type RedactionRules } from "./rules";

/**
 * Masks apparent values of redacted keys in free text: `password=…`, `"token": "…"`, `Authorization: Bearer …`.
 * Quoted keys are matched with the last literal key of every rule, bare keys only with rules of one key, because
 * free text has no paths. Best effort, for errors that quote their input. Linear in the text.
 */
export function scrubText(rules: RedactionRules, text: string): string {
  if (!mayHoldKey(rules, text)) return text;
  const parts: string[] = [];
  let shown = 0;
  for (const { from, to } of findValues(rules, text)) {
    parts.push(text.slice(shown, from), "[redacted]");
    shown = to;
  }
  return parts.length === 0 ? text : parts.join("") + text.slice(shown);
}

/** Whether a free text appears to hold a redacted key with its value, even behind escapes. */
export function holdsKeyedValue(rules: RedactionRules, text: string): boolean {
  if (!mayHoldKey(rules, text)) return false;
  return [text, ...readings(text)].some((form) => !findValues(rules, form).next().done);
}

/** Whether an escaped or coloured key has a value that `scrubText` does not find. */
export function holdsHiddenKey(rules: RedactionRules, text: string): boolean {
  const count = (form: string) => [...findValues(rules, form)].length;
  const forms = readings(text);
  const found = forms.length > 0 ? count(text) : 0;
  return forms.some((form) => count(form) > found);
}

/** The text as programs and terminals show it, if that differs. */
function readings(text: string): string[] {
  if (!CODED.test(text)) return [];
  const decode = (all: boolean) =>
    text.replace(ESCAPED, (written, unicode, byte) => {
      const sign = String.fromCharCode(Number.parseInt(unicode ?? byte, 16));
      return all || /[-\w]/.test(sign) ? sign : written;
    });
  const forms = [decode(true), decode(false)];
  return [...new Set([...forms, ...forms.map(stripTerminalCodes)])].filter((form) => form !== text);
}

const ESCAPED = /\\u([0-9a-f]{4})|%([0-9a-f]{2})/gi;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal codes start with one.
const CODED = /\\u|%[0-9a-f]{2}|[\u001b\u0080-\u009f]/i;

/** Whether a text may hold a redacted key, given the hints. A fast filter: `false` is always right. */
export function mayHoldKey(rules: RedactionRules, text: string, hints = listHints(rules)): boolean {
  if (hints.length === 0) return false;
  if (CODED.test(text)) return true;
  const lower = text.toLowerCase();
  return hints.some((hint) => !isAscii(hint) || lower.includes(hint));
}

/** Whether the text is ASCII. Beyond ASCII, lower case depends on the surrounding letters. */
export function isAscii(text: string): boolean {
  return !/[^ -~]/.test(text);
}

/** The part of a text from one position to another. */
type Span = { from: number; to: number };

const isSpace = (text: string, at: number) => /\s/.test(text.charAt(at));
const isQuote = (text: string, at: number) => /["'`]/.test(text.charAt(at));
const isSeparator = (text: string, at: number) => /[:=]/.test(text.charAt(at));
const endsWord = (text: string, at: number) => /[\s,;&)}\]]/.test(text.charAt(at));
const isKeyCharacter = (text: string, at: number) =>
  /[-\w$@\p{L}\p{N}\p{M}]/u.test(text.charAt(at));

const SCHEME = /(?:bearer|basic|digest|token|negotiate|apikey) +/iy;

/**
 * The number of quotes in a text whose closing quote may be searched in vain. Each such search scans the whole
 * rest, and only a text made for the purpose has more than a few: there, everything after the last one belongs to
 * its value.
 */
const MOST_UNCLOSED = 16;

/**
 * The values of redacted keys, in the order of the text. Scans each character a small constant number of times.
 */
function* findValues(rules: RedactionRules, text: string): Generator<Span, undefined> {
  const searches = { left: MOST_UNCLOSED };
  for (let at = 0; at < text.length; at++) {
    if (!isSeparator(text, at)) continue;
    const isKey = endsWithKey(rules, text, at);
    // The separator may continue, as in `:=`, `==` and `=>`, or with spaces.
    let from = at + 1;
    while (isSeparator(text, from) || text[from] === ">" || isSpace(text, from)) from++;
    const to = isKey ? findValueEnd(text, from, searches) : from;
    if (to > from) yield { from, to };
    at = to - 1;
  }
}

/** The maximum length of a quoted key, in characters. */
const LONGEST_KEY = 200;

/**
 * Whether the text before a separator ends with a redacted key: bare, or in quotes that may be escaped, or in
 * brackets.
 */
function endsWithKey({ patterns }: RedactionRules, text: string, separator: number): boolean {
  let to = separator;
  while (isSpace(text, to - 1)) to--;
  if (text[to - 1] === "]") to--;
  if (isQuote(text, to - 1)) {
    to--;
    while (text[to - 1] === "\\") to--;
    let from = to;
    while (from > 0 && to - from < LONGEST_KEY && !isQuote(text, from - 1)) from--;
    const key = text.slice(from, to).toLowerCase();
    const last = key.slice(key.lastIndexOf(".") + 1);
    return patterns.some(({ word }) => matchesKey(word, last));
  }
  let from = to;
  while (isKeyCharacter(text, from - 1)) from--;
  let ascii = to;
  while (ascii > from && /[-\w]/.test(text.charAt(ascii - 1))) ascii--;
  const keys = [text.slice(from, to).toLowerCase(), text.slice(ascii, to).toLowerCase()];
  return patterns.some(
    ({ anywhere, word }) => anywhere && keys.some((key) => key !== "" && matchesKey(word, key)),
  );
}

/**
 * The end of the value that starts here: a bracketed one extends to the end of the text, a quoted one to its
 * closing quote, a bare one to a space or a closing sign. Parts without a space between them are one value.
 */
function findValueEnd(text: string, from: number, searches: { left: number }): number {
  if (text[from] === "{" || text[from] === "[") return text.length;
  SCHEME.lastIndex = from;
  let at = from + (SCHEME.exec(text)?.[0].length ?? 0);
  for (let isBare = false; at < text.length && !endsWord(text, at); ) {
    let quote = at;
    while (text[quote] === "\\") quote++;
    if (!isQuote(text, quote)) {
      at = Math.max(quote, at + 1);
      isBare = true;
      continue;
    }
    const closing = findClosing(text, quote, quote - at);
    if (closing === undefined && --searches.left < 0) return text.length;
    // An apostrophe within a word opens nothing.
    if (closing === undefined && isBare) at = quote + 1;
    else at = closing ?? text.length;
  }
  return at;
}

/** The position after the quote that closes the one here, which is preceded by this many backslashes. */
function findClosing(text: string, quote: number, escapes: number): number | undefined {
  const sign = text.charAt(quote);
  for (let at = text.indexOf(sign, quote + 1); at >= 0; at = text.indexOf(sign, at + 1)) {
    let run = 0;
    while (at - run - 1 > quote && text[at - run - 1] === "\\") run++;
    // A quote with one more level of escapes belongs to the value.
    if (run < escapes || (run - escapes) % (2 * (escapes + 1)) === 0) return at + 1;
  }
  return undefined;
}
