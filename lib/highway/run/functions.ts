import type { Uuid } from "../../model/ids.ts";
import type { Json, JsonObject } from "../../model/json.ts";

/** What a function is called with. */
export type FunctionCall = {
  args: Json[];
  kwargs: JsonObject;
  /** Aborted when the attempt has timed out (and may be killed), or the worker has lost the run. */
  signal: AbortSignal;
  workflowRunId: Uuid;
  /** Which operator calls, unique in the run: `each_order[2]/charge`. */
  path: string;
  /** From 1. */
  attempt: number;
  /** The operator's own key, or one made of run and path; the same in every attempt. */
  idempotencyKey: string;
};

/**
 * What a task or activity calls. Its value must have a JSON form; `undefined` becomes null. Once the value is recorded
 * the function is not called again for this operator; when the worker dies before that, it is.
 */
export type WorkflowFunction = (call: FunctionCall) => unknown;

/** Functions by the names that workflows use. */
export type WorkflowFunctions = Readonly<Record<string, WorkflowFunction>>;
