import type { Uuid } from "../../model/ids.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Scope } from "../model/scopes.ts";
import type { Workflow } from "../model/workflow.ts";
import type { Context } from "./context.ts";
import type { WorkflowFunctions } from "./functions.ts";
import type { Journal } from "./journal.ts";
import type { Blocked, ScopeEnd } from "./outcome.ts";

/** What all parts of one execution share. */
export type Run = {
  journal: Journal;
  workflow: Workflow;
  workflowRunId: Uuid;
  /** The task that executes the workflow itself; children read the definition from it. */
  rootTaskId: Uuid;
  /** Of the root task; its parts carry the same. */
  headers: JsonObject;
  functions: WorkflowFunctions;
  /** The database's time when the workflow was last looked at. */
  now: Date;
  readClock: () => Promise<Date>;
  /** Aborted when this worker has lost the run. */
  signal: AbortSignal;
  recovery: Recovery;
  /** Runs the body of a loop; given here because loops are operators of a scope themselves. */
  runScope: (run: Run, scope: Scope, base: string, context: Context) => Promise<ScopeEnd | Blocked>;
};

/** How tasks of a run are started again after their worker has died. */
export type Recovery = { maxAttempts: number; baseSeconds: number; maxSeconds: number };
