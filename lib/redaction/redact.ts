import { type Pausing, workAtOnce, workInTurns } from "@/lib/model/work/turns";
import { enterPlace, type Place, type RedactionRules, rootPlace, type Step } from "./rules";
import { type Change, findChanges, mayChange, type StepChain } from "./walk";

/** The mask of the n-th redacted value of a document, counted from 1 in the order of the text. */
export function formatMask(number: number): string {
  return `[redacted ${number}]`;
}

/** The number in a mask; `undefined` for any other value. */
export function parseMask(value: unknown): number | undefined {
  const digits =
    typeof value === "string" ? /^\[redacted (\d{1,9})\]$/.exec(value)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

/** Whether a text contains a mask. */
export function containsMask(text: string): boolean {
  return /\[redacted \d/.test(text);
}

/** A JSON text as it is shown, and the number of masks in it. */
export type Redacted = { text: string; redacted: number };

/**
 * Replaces the redacted values in a JSON text by masks; everything else keeps its spelling. A string that holds a
 * redacted key with its value is replaced as a whole, and so is a text that is not JSON, is nested too deeply or has
 * more than 50,000 redacted parts.
 * In errors, strings lose only apparent values of redacted keys. Returns the text unchanged if nothing is
 * redacted.
 *
 * @param steps from the root to this value, if it is part of a document. None of them leads into a redacted part.
 */
export function redactText(
  rules: RedactionRules,
  root: string,
  text: string,
  steps: readonly Step[] = [],
): Redacted {
  return workAtOnce(redactGradually(rules, root, text, steps));
}

/** Like `redactText`, for a text of any size: it pauses, so that other requests are served. */
export function redactLongText(
  rules: RedactionRules,
  root: string,
  text: string,
  steps: readonly Step[] = [],
): Promise<Redacted> {
  return workInTurns(redactGradually(rules, root, text, steps));
}

function* redactGradually(
  rules: RedactionRules,
  root: string,
  text: string,
  steps: readonly Step[],
): Pausing<Redacted> {
  // Earlier keys of a rule's path may be among the steps.
  const isWhole = steps.length === 0;
  if (isWhole && !(yield* mayChange(rules, root, text))) return { text, redacted: 0 };
  let start: Place = rootPlace(rules, root);
  for (const step of steps) start = enterPlace(rules, start, step);
  const changes = yield* findChanges(rules, text, start);
  if (!changes) return { text: JSON.stringify(formatMask(1)), redacted: 1 };
  const parts: string[] = [];
  let shown = 0;
  let redacted = 0;
  for (const change of changes) {
    parts.push(text.slice(shown, change.from));
    parts.push(change.shown ?? JSON.stringify(formatMask(++redacted)));
    shown = change.to;
  }
  return parts.length === 0
    ? { text, redacted }
    : { text: parts.join("") + text.slice(shown), redacted };
}

/** A value that `redactText` masks: its JSON text, and its place. */
export type MaskedValue = { text: string; at: StepChain };

/** The values that `redactText` masks; mask n is at index n - 1. */
export function* listMasked(
  rules: RedactionRules,
  root: string,
  text: string,
): Pausing<MaskedValue[]> {
  if (!(yield* mayChange(rules, root, text))) return [];
  const changes = yield* findChanges(rules, text, rootPlace(rules, root));
  if (!changes) return [{ text, at: null }];
  return changes.flatMap(({ from, to, at, shown }: Change) =>
    shown === null ? [{ text: text.slice(from, to), at }] : [],
  );
}

/** Whether two chains lead to the same place. */
export function isSamePlace(one: StepChain, other: StepChain): boolean {
  let [a, b] = [one, other];
  for (; a && b; a = a.outer, b = b.outer) if (a.step !== b.step) return false;
  return a === b;
}
