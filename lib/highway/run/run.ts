import type { Uuid } from "../../model/ids.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Replay } from "../machine/replay.ts";
import type { ScopeMachine } from "../machine/scope-machine.ts";
import type { Scope } from "../model/scopes.ts";
import type { Workflow } from "../model/workflow.ts";
import type { Context } from "./context.ts";
import type { WorkflowFunctions } from "./functions.ts";
import type { Journal } from "./journal.ts";
import type { Blocked, ScopeEnd } from "./outcome.ts";

/** The state that all parts of one execution share. */
export type Run = {
  journal: Journal;
  /** Replays the journal: which operators have ended, and when. */
  replay: Replay;
  workflow: Workflow;
  workflowRunId: Uuid;
  /** The task that executes the workflow itself; parts load the definition from it. */
  rootTaskId: Uuid;
  /** The parent run; set for child workflows only. */
  parentWorkflowRunId: Uuid | null;
  /** The headers of the root task, which its parts also carry. */
  headers: JsonObject;
  functions: WorkflowFunctions;
  /** The database's time at the last check of the waits. */
  now: Date;
  readClock: () => Promise<Date>;
  /** When the run must end; `null` without a deadline. */
  deadline: Date | null;
  /** Whether some part can terminate the run. */
  mayBeTerminated: boolean;
  /** Aborted when this worker has lost the run, and when the run has ended: then the reason is a `RunEnded`. */
  signal: AbortSignal;
  /** Aborts `signal`. */
  stop: (reason: Error) => void;
  recovery: Recovery;
  /** Runs the body of a loop; passed in because loops are operators of a scope themselves. */
  runScope: (run: Run, scope: Scope, base: string, context: Context) => Promise<ScopeEnd | Blocked>;
  /** For tests: called with the state of each scope whenever an execution leaves it. */
  observe?: ScopeObserver | undefined;
};

export type ScopeObserver = (seen: {
  workflowRunId: Uuid;
  base: string;
  scope: Scope;
  machine: ScopeMachine;
  /** The database's time by which waits count as over. */
  now: Date;
}) => void;

/** The place in which an operator runs. */
export type Place = {
  scope: Scope;
  /** Its path in this run, with rounds: `each_order[2]/charge`. */
  path: string;
  /** The path of this attempt, under which its parts are recorded. */
  attempt: string;
  context: Context;
};

/** How a run's tasks are retried after their worker has died. */
export type Recovery = { maxAttempts: number; baseSeconds: number; maxSeconds: number };

/** The spawn options with which tasks of a workflow run survive the death of their worker. */
export function recoveryOptions({ maxAttempts, baseSeconds, maxSeconds }: Recovery) {
  return {
    maxAttempts,
    retryStrategy: { kind: "exponential" as const, baseSeconds, factor: 2, maxSeconds },
  };
}
