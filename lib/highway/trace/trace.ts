import type { TaskState } from "../../model/states.ts";
import type { Scope } from "../model/scopes.ts";
import type { Workflow } from "../model/workflow.ts";
import type { Failure } from "../run/outcome.ts";
import type { EndState, OperatorState, Plan } from "../run/plan.ts";
import type { Book } from "./book.ts";

/** How one operator stands in one place of a run: each round of a loop, and each attempt of what is around it, is one. */
export type OperatorTrace = {
  /** In the definition: `each_order/charge`. */
  path: string;
  /** In the run: `each_order[2]/charge`. */
  instance: string;
  state: "pending" | "running" | "sleeping" | EndState;
  /** Nothing recorded it; it follows from what is recorded. */
  inferred: boolean;
  /** The attempt it is at, or ended with, from 1. */
  attempts: number;
  /** Of a loop: rounds that ended, and how many there will be; `null` while that is open. */
  rounds: { done: number; total: number | null } | null;
  /** Of a router that has ended: where it leads. */
  chosen: string | null;
  failure: Failure | null;
  /** It failed, and its handler did what it should. */
  isHandled: boolean;
  /** A later attempt of what is around it has taken its place. */
  isSuperseded: boolean;
  /** How the task that executes it stands; `null` when it is not known. */
  host: TaskState | null;
};

/** What a replay shares between its scopes. */
export type Replay = {
  book: Book;
  workflow: Workflow;
  planOf: (scope: Scope) => Plan;
  /** Replays one scope whose path in the run is `base`, executed by a task in the state `host`. */
  scope: (replay: Replay, scope: Scope, base: string, host: TaskState | null) => ScopeTrace;
  add: (trace: OperatorTrace) => void;
  /** What was found inside of an operator at a path in the run so far. */
  inside: (path: string) => OperatorTrace[];
};

/** How far a scope has come: `at` is when it ended, `inner` how operators in it and inside of them ended. */
export type ScopeTrace = {
  state: "completed" | "failed" | "open";
  at: number;
  inner: [id: string, state: OperatorState][];
  /** Something in it is being executed. */
  isBusy: boolean;
};

const ENDS: ReadonlySet<string> = new Set<EndState>([
  "completed",
  "failed",
  "skipped",
  "upstream_failed",
  "cancelled",
]);

/** Whether a word is one for how an operator ended. */
export function isEndState(word: string): word is EndState {
  return ENDS.has(word);
}

/** Ends an operator that will not go on: as `how` when it was under way, else as one that did not run. */
export function close(trace: OperatorTrace, how: EndState): void {
  if (ENDS.has(trace.state)) return;
  trace.inferred = true;
  trace.state = trace.state === "pending" ? "skipped" : how;
}
