import { findStringEnd } from "@/lib/model/work/json-values";
import { type Pausing, workAtOnce } from "@/lib/model/work/turns";
import { holdsHiddenKey, holdsKeyedValue, mayHoldKey, scrubText } from "./free-text";
import {
  enterPlace,
  isRedacting,
  listHints,
  type Place,
  type RedactionRules,
  rootPlace,
  type Step,
} from "./rules";

/** The steps to a part of a value, from the part to the root. */
export type StepChain = { step: Step; outer: StepChain } | null;

/** A part of a JSON text that is shown differently: from its first character to the one after its last. */
export type Change = {
  from: number;
  to: number;
  /** Its place. */
  at: StepChain;
  /** The JSON text shown instead, for a text that only loses some words; `null` if a mask is shown. */
  shown: string | null;
};

/** A value nested deeper than this, or with more redacted parts, is redacted as a whole. */
const MOST_DEPTH = 1_000;
const MOST_PARTS = 50_000;
/** In characters. A longer string is redacted as a whole if it may hold a redacted key. */
const LONGEST_STRING = 262_144;
/** The number of characters between two yields. */
const STRETCH = 65_536;

const LITERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

type Frame = {
  isArray: boolean;
  place: Place;
  at: StepChain;
  /** The number of elements before the next one. */
  index: number;
};

/** Whether a JSON text may have redacted parts. A fast filter: `false` is always right. */
export function* mayChange(rules: RedactionRules, root: string, text: string): Pausing<boolean> {
  if (rules.everything) return true;
  if (!isRedacting(rules)) return false;
  const hints = listHints(rules, root);
  const overlap = Math.max(8, ...hints.map((hint) => hint.length));
  for (let from = 0; from < text.length; from += STRETCH) {
    // In JSON text a slash may be escaped.
    const stretch = text.slice(from, from + STRETCH + overlap);
    if (stretch.includes("\\/") || mayHoldKey(rules, stretch, hints)) return true;
    yield;
  }
  return false;
}

/**
 * The parts of a JSON text that are shown differently, in the order of the text; `null` if it is not JSON, is
 * nested too deeply or has too many such parts. Without recursion and linear in the text: a caller may pause at each yield.
 *
 * @param start the place of the value in its document.
 */
export function* findChanges(
  rules: RedactionRules,
  text: string,
  start: Place,
): Pausing<Change[] | null> {
  const changes: Change[] = [];
  const frames: Frame[] = [];
  /** The redacted part that contains the position; it ends when only this number of frames is left. */
  let inside: { from: number; at: StepChain; frames: number } | undefined;
  let at = skipSpace(text, 0);
  let next: { place: Place; at: StepChain } | undefined = { place: start, at: null };
  for (let paused = 0; ; ) {
    if (at - paused > STRETCH) {
      paused = at;
      yield;
    }
    const frame: Frame | undefined = frames.at(-1);
    if (next) {
      const { place, at: chain } = next;
      const sign = text[at];
      if (!inside && isMasked(rules, place, sign))
        inside = { from: at, at: chain, frames: frames.length };
      next = undefined;
      if (sign === "{" || sign === "[") {
        if (frames.length >= MOST_DEPTH) return null;
        const isArray = sign === "[";
        const opened: Frame = { isArray, place, at: chain, index: 0 };
        at = skipSpace(text, at + 1);
        frames.push(opened);
        if (text[at] !== (isArray ? "]" : "}")) {
          const entered = enter(rules, text, at, opened, inside !== undefined);
          if (!entered) return null;
          ({ at } = entered);
          ({ next } = entered);
          continue;
        }
        frames.pop();
        at++;
      } else if (sign === '"') {
        const to = findStringEnd(text, at);
        if (to === undefined) return null;
        if (!inside) {
          const change = yield* judgeString(rules, place.root, text, at, to);
          if (change !== undefined) changes.push({ from: at, to, at: chain, shown: change });
        }
        at = to;
      } else {
        LITERAL.lastIndex = at;
        const literal = LITERAL.exec(text);
        if (!literal) return null;
        at += literal[0].length;
      }
    } else if (frame) {
      // After an element or member.
      const sign = text[at];
      at++;
      if (sign === ",") {
        at = skipSpace(text, at);
        const entered = enter(rules, text, at, frame, inside !== undefined);
        if (!entered) return null;
        ({ at } = entered);
        ({ next } = entered);
        continue;
      }
      if (sign !== (frame.isArray ? "]" : "}")) return null;
      frames.pop();
    } else return at === text.length ? changes : null;
    // A value has ended.
    if (changes.length > MOST_PARTS) return null;
    if (inside && frames.length === inside.frames) {
      changes.push({ from: inside.from, to: at, at: inside.at, shown: null });
      inside = undefined;
    }
    at = skipSpace(text, at);
  }
}

/** The next element or member, and where its value starts. */
function enter(
  rules: RedactionRules,
  text: string,
  from: number,
  frame: Frame,
  isInside: boolean,
): { at: number; next: { place: Place; at: StepChain } } | undefined {
  let at = from;
  let step: Step = frame.index++;
  if (!frame.isArray) {
    const to = text[at] === '"' ? findStringEnd(text, at) : undefined;
    const key = to === undefined ? undefined : decodeString(text.slice(at, to));
    if (to === undefined || key === undefined) return undefined;
    step = key;
    at = skipSpace(text, to);
    if (text[at] !== ":") return undefined;
    at = skipSpace(text, at + 1);
  }
  // Within a redacted part the place is irrelevant.
  const place = isInside ? frame.place : enterPlace(rules, frame.place, step);
  return { at, next: { place, at: isInside ? null : { step, outer: frame.at } } };
}

/** Whether a value at this place is masked regardless of its content, given its first character. */
function isMasked(rules: RedactionRules, { verdict, root, depth }: Place, sign?: string): boolean {
  if (verdict === "redacted") return true;
  if (verdict === "named") return sign !== '"';
  // The members of headers and errors are decided one by one.
  const hasNames = depth === 0 && (root === "headers" || root === "error") && sign === "{";
  return rules.everything && !hasNames;
}

/** The form in which a JSON string within a text is shown: `null` for a mask, `undefined` if unchanged. */
function* judgeString(
  rules: RedactionRules,
  root: string,
  text: string,
  from: number,
  to: number,
): Pausing<string | null | undefined> {
  if (to - from > LONGEST_STRING)
    return (yield* mayChange({ ...rules, everything: false }, "", text.slice(from, to)))
      ? null
      : undefined;
  const written = text.slice(from, to);
  if (!mayHoldKey(rules, written, listHints(rules, ""))) return undefined;
  const value = decodeString(written);
  if (value === undefined) return null;
  const shown = showText(rules, root, value);
  return shown === value ? undefined : shown === null ? null : JSON.stringify(shown);
}

/**
 * The form in which a string within a value is shown: unchanged, `null` for a mask, or, in errors, without
 * apparent values of redacted keys. A text that is JSON with a redacted part is masked, and so is one that only
 * looks like it, or one above 256 kB that may hold a redacted key.
 */
export function showText(rules: RedactionRules, root: string, text: string): string | null {
  const patterns = { ...rules, everything: false };
  if (!mayHoldKey(patterns, text, listHints(patterns, ""))) return text;
  if (text.length > LONGEST_STRING) return null;
  if (/^\s*[[{"]/.test(text)) {
    const changes = workAtOnce(findChanges(patterns, text, rootPlace(patterns, "")));
    if (changes) return changes.length > 0 ? null : text;
    if (/^\s*[[{]/.test(text) && holdsKeyedValue(patterns, text)) return null;
  }
  if (root !== "error") return holdsKeyedValue(patterns, text) ? null : text;
  return holdsHiddenKey(patterns, text) ? null : scrubText(patterns, text);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (
    let code = text.charCodeAt(at);
    code === 32 || (code >= 9 && code <= 13);
    code = text.charCodeAt(at)
  )
    at++;
  return at;
}

function decodeString(written: string): string | undefined {
  if (!written.includes("\\")) return written.slice(1, -1);
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}
