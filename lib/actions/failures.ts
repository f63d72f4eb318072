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
import { ReadError } from "@/lib/analytics/errors";
import { AuditRefusedError } from "@/lib/audit/record";
import { errorCode, explainUnavailable } from "@/lib/db/errors";
import { AuthError } from "@/lib/identity/require";
import { type ActionError, ActionRefusal } from "./result";

/** Refusals by their class; the first match wins, so the special ones come first. */
const REFUSALS = [
  [QueueNotFoundError, "queue_not_found", "It may have been dropped meanwhile."],
  [TaskNotFoundError, "task_not_found", "It may have been cleaned up meanwhile."],
  [RunNotFoundError, "task_not_found", "It may have been cleaned up meanwhile."],
  [RunChangedError, "changed_meanwhile", "Look at the task as it is now and decide again."],
  [RunNotRunningError, "changed_meanwhile", "Look at the task as it is now and decide again."],
  [RunFailedError, "changed_meanwhile", "Look at the task as it is now and decide again."],
  [TaskCancelledError, "changed_meanwhile", "Look at the task as it is now and decide again."],
  [TaskNotFailedError, "changed_meanwhile", "Only a failed task can be retried."],
  [InvalidRetryStrategyError, "refused", "The engine spawns no task with this retry strategy."],
  [UnsupportedByEngineError, "unsupported", "Upgrade the absurd schema to use this."],
  [EngineNotInstalledError, "no_schema", undefined],
  [InvalidArgumentError, "bad_request", undefined],
  [
    AuditRefusedError,
    "forbidden",
    "Grant it usage on schema absurd_dashboard, and select and insert on its tables.",
  ],
  [EngineRefusalError, "refused", undefined],
] as const;

/** Refusals by SQLSTATE, of what the engine did not foresee. */
const REFUSED_STATES: Record<string, [code: string, message: string, hint?: string]> = {
  "42501": [
    "forbidden",
    "The dashboard's database role may not do this.",
    "Grant it the rights of a worker on schema absurd.",
  ],
  "25006": ["forbidden", "The database is read-only.", "Point DATABASE_URL at the primary server."],
  "40001": ["conflict", "Another transaction was in the way.", "Try again."],
  "40P01": ["conflict", "Another transaction was in the way.", "Try again."],
  "55P03": ["timed_out", "Another transaction holds these rows.", "Try again in a moment."],
  "57014": ["timed_out", "The database took too long, so the change was withdrawn.", "Try again."],
};

/** What to tell the operator of a failed action; `undefined` when nobody foresaw it. */
export function explainFailure(error: unknown): ActionError | undefined {
  if (error instanceof ActionRefusal || error instanceof AuthError || error instanceof ReadError)
    return refusal(error.code, error.message, "hint" in error ? error.hint : undefined);
  for (const [Refusal, code, hint] of REFUSALS)
    if (error instanceof Refusal) return refusal(code, error.message, hint);
  const state = errorCode(error);
  const unavailable = explainUnavailable(state);
  if (unavailable) return refusal("database_unavailable", unavailable.message, unavailable.hint);
  const refused = state === undefined ? undefined : REFUSED_STATES[state];
  if (refused) return refusal(...refused);
  if (error instanceof AbsurdDbError && /^2[23]/.test(error.code))
    return refusal("refused", error.message);
  if (error instanceof AbsurdError && !(error instanceof AbsurdDbError))
    return refusal("refused", error.message);
  return undefined;
}

function refusal(code: string, message: string, hint?: string): ActionError {
  return { code, message, ...(hint === undefined ? {} : { hint }), changed: false };
}
