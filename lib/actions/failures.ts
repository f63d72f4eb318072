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
import { AuditRefusedError } from "@/lib/audit/record";
import { type Problem, type ProblemCode, ProblemError } from "@/lib/model/problem";
import { findDatabaseProblem } from "@/lib/model/sqlstate";

/** Refusals by their class; the first match wins, so the special ones come first. */
const REFUSALS: readonly [new (...values: never[]) => Error, code: ProblemCode, hint?: string][] = [
  [QueueNotFoundError, "queue_not_found", "It may have been dropped."],
  [TaskNotFoundError, "task_not_found", "It may have been cleaned up."],
  [RunNotFoundError, "task_not_found", "It may have been cleaned up."],
  [RunChangedError, "state_changed", "Check the task's current state, then decide again."],
  [RunNotRunningError, "state_changed", "Check the task's current state, then decide again."],
  [RunFailedError, "state_changed", "Check the task's current state, then decide again."],
  [TaskCancelledError, "state_changed", "Check the task's current state, then decide again."],
  [TaskNotFailedError, "state_changed", "Only a failed task can be retried."],
  [InvalidRetryStrategyError, "refused", "The engine spawns no task with this retry strategy."],
  [UnsupportedByEngineError, "unsupported", "Upgrade the absurd schema to use this."],
  [EngineNotInstalledError, "no_schema"],
  [InvalidArgumentError, "bad_request"],
  [
    AuditRefusedError,
    "forbidden",
    "Grant it usage on schema absurd_dashboard, and select and insert on its tables.",
  ],
  [EngineRefusalError, "refused"],
];

/** The problem that a failed action has; `undefined` for an error that nothing foresees. */
export function explainFailure(error: unknown): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  for (const [Refusal, code, hint] of REFUSALS)
    if (error instanceof Refusal) return { code, message: error.message, hint };
  const problem = findDatabaseProblem(error, "write");
  if (problem) return problem;
  if (error instanceof AbsurdError && !(error instanceof AbsurdDbError))
    return { code: "refused", message: error.message };
  return undefined;
}
