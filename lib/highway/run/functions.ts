import type { Uuid } from "../../model/ids.ts";
import type { Json, JsonObject } from "../../model/json.ts";

/** The argument of a workflow function. */
export type FunctionCall = {
  args: Json[];
  kwargs: JsonObject;
  /**
   * Aborted when the attempt times out (unless its policy says not to kill it), the run ends, or the lease is
   * lost.
   */
  signal: AbortSignal;
  workflowRunId: Uuid;
  /** The calling operator's path in the run, which is unique: `each_order[2]/charge`. */
  path: string;
  /** The attempt of the operator, from 1. */
  attempt: number;
  /** The operator's own key, or else `<run>:<path>`. The same in every attempt. */
  idempotencyKey: string;
};

/**
 * A function that operators call by name, synchronous or not. Its value must have a JSON form; `undefined` becomes
 * null. A recorded value is final: the function is called again only if the worker died before recording it, so it
 * should tolerate a repeated call.
 */
export type WorkflowFunction = (call: FunctionCall) => unknown;

/** Functions by the name that definitions use. */
export type WorkflowFunctions = Readonly<Record<string, WorkflowFunction>>;
