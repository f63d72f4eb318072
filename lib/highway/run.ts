/** The package's entry `absurd-dashboard/highway/run`: runs workflows on the program's own `absurd-sdk`, in Node. */
export type { Uuid } from "../model/ids.ts";
export type { Json, JsonObject } from "../model/json.ts";
export { listNotExecuted } from "./model/executable.ts";
export { listMissingInputs } from "./model/inputs.ts";
export { cancelWorkflowRun } from "./run/cancel.ts";
export type { FunctionCall, WorkflowFunction, WorkflowFunctions } from "./run/functions.ts";
export type { Recovery } from "./run/run.ts";
export {
  InvalidWorkflowError,
  type StartedRun,
  type StartOptions,
  startWorkflow,
} from "./run/start.ts";
export {
  findDefinition,
  getStoredDefinition,
  type StoredDefinition,
  storeWorkflow,
} from "./run/store.ts";
export { type HighwayOptions, registerHighway } from "./run/worker.ts";
