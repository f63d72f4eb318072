import type { JsonObject } from "../../model/json.ts";

/** The states in which an operator has ended. */
export const END_STATES = [
  "completed",
  "failed",
  "skipped",
  "upstream_failed",
  "cancelled",
] as const;
export type EndState = (typeof END_STATES)[number];
export type OperatorState = "running" | EndState;

/** End states of operators, by path in the run. */
export type States = Record<string, OperatorState>;

/** Why an operator failed. Some types carry more members. */
export type Failure = JsonObject & { type: string; message: string };

const ENDS: ReadonlySet<string> = new Set(END_STATES);

/** Whether a word is the name of an end state. */
export function isEndState(word: string): word is EndState {
  return ENDS.has(word);
}

/** Whether an operator has ended; `undefined` is one that has not started. */
export function isEnd(state: OperatorState | undefined): state is EndState {
  return state !== undefined && state !== "running";
}

/** Whether a state keeps dependents with the default trigger rule from running. */
export function isUnsuccessful(state: string | undefined): boolean {
  return state === "failed" || state === "upstream_failed" || state === "cancelled";
}
