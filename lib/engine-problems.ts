import {
  AbsurdDbError,
  AbsurdError,
  EngineNotInstalledError,
  EngineRefusalError,
  InvalidArgumentError,
  InvalidRetryStrategyError,
  QueueNotFoundError,
  RunChangedError,
  RunFailedError,
  RunNotFoundError,
  RunNotRunningError,
  TaskCancelledError,
  TaskNotFailedError,
  TaskNotFoundError,
  UnsupportedByEngineError,
} from "@/lib/absurd/errors";
import { type Problem, type ProblemCode, ProblemError } from "@/lib/model/problem";
import { findDatabaseProblem } from "@/lib/model/sqlstate";

const DECIDE_AGAIN = "Check the task's current state, then decide again.";

/** Errors of the client layer; the first match wins, so subclasses come first. */
const REFUSALS: readonly [new (...values: never[]) => Error, code: ProblemCode, hint?: string][] = [
  [QueueNotFoundError, "queue_not_found", "It may have been dropped."],
  [TaskNotFoundError, "task_not_found", "It may have been cleaned up."],
  [RunNotFoundError, "task_not_found", "It may have been cleaned up."],
  [RunNotRunningError, "state_changed", DECIDE_AGAIN],
  [RunFailedError, "state_changed", DECIDE_AGAIN],
  [TaskCancelledError, "state_changed", DECIDE_AGAIN],
  [TaskNotFailedError, "state_changed", "Only a failed task can be retried."],
  [InvalidRetryStrategyError, "refused", "Choose another retry strategy."],
  [UnsupportedByEngineError, "unsupported", "Upgrade the absurd schema to use this."],
  [EngineNotInstalledError, "no_schema"],
  [InvalidArgumentError, "bad_request"],
  [EngineRefusalError, "refused"],
];

/**
 * The problem for anything that a change throws: one of our own, an error of the client layer, or an error of the
 * database. `undefined` for an unforeseen error.
 */
export function findProblem(error: unknown): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof RunChangedError)
    return {
      code: "state_changed",
      message: `Run ${error.runId} ${error.now}.`,
      hint: DECIDE_AGAIN,
    };
  for (const [Refusal, code, hint] of REFUSALS)
    if (error instanceof Refusal) return { code, message: error.message, hint };
  const problem = findDatabaseProblem(error, "write");
  if (problem) return problem;
  if (error instanceof AbsurdError && !(error instanceof AbsurdDbError))
    return { code: "refused", message: error.message };
  return undefined;
}
