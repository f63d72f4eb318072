import type { Absurd, TaskContext } from "absurd-sdk";
import type { Queryable } from "../../absurd/connection/queryable.ts";
import { RunFailedError, RunNotRunningError, TaskCancelledError } from "../../absurd/errors.ts";
import { getCurrentTime } from "../../absurd/runs/sleep.ts";
import { getTaskStatus, type TaskStatus } from "../../absurd/tasks/tasks.ts";
import type { Uuid } from "../../model/ids.ts";
import { PART_TASK, ROOT_TASK } from "../../model/interpreter.ts";
import type { JsonObject } from "../../model/json.ts";
import { Replay } from "../machine/replay.ts";
import { decodeWorkflow } from "../model/decode-workflow.ts";
import { listNotExecuted } from "../model/executable.ts";
import { formatProblem } from "../model/problem.ts";
import type { Workflow } from "../model/workflow.ts";
import { findCircuitProblem } from "./circuit.ts";
import { instantAfter } from "./clock.ts";
import { Context } from "./context.ts";
import { canTerminateInPart, RunEnded, watchForEnding } from "./ending.ts";
import type { WorkflowFunctions } from "./functions.ts";
import { type Execution, Journal } from "./journal.ts";
import { type PartParams, runPart } from "./parts.ts";
import { markCancelled, runRoot } from "./root.ts";
import type { Recovery, Run, ScopeObserver } from "./run.ts";
import { runScope } from "./scope-runner.ts";
import { DEFAULT_RECOVERY, type RootParams } from "./start.ts";

export type HighwayOptions = {
  /** A pool on the worker's database. */
  db: Queryable;
  /** The worker's queue. */
  queue: string;
  functions: WorkflowFunctions;
  /** The values that templates access as `ENV`; none by default. */
  env?: Readonly<Record<string, string>>;
  /** Unknown paths in templates are null instead of failures. */
  lenient?: boolean;
  /** Seconds between extensions of the lease while functions run; well below the worker's claim timeout. */
  heartbeatSeconds?: number;
  /** For the tasks of parts. */
  recovery?: Recovery;
  /** For tests: called with the state of each scope whenever an execution leaves it. */
  observe?: ScopeObserver;
};

/** The part of the SDK's context that an execution needs. */
type Host = Pick<TaskContext, "taskID" | "heartbeat" | "headers">;

/**
 * Makes a worker of the SDK execute workflows: registers the tasks for workflows and for their parts. `app` may
 * come from any copy of the SDK. Start the worker as usual.
 */
export function registerHighway(app: Absurd, options: HighwayOptions): void {
  const { db, queue } = options;
  app.registerTask<RootParams>({ name: ROOT_TASK, queue }, async (_, host) => {
    const { task, runId } = await findOwnRun(host, db, queue);
    const root = task.params as unknown as RootParams;
    const { workflow_run_id } = root;
    const at = { db, queue, taskId: task.taskId, runId };
    await execute(host, options, { at, root, rootTaskId: task.taskId, workflow_run_id }, runRoot);
  });
  app.registerTask<PartParams>({ name: PART_TASK, queue }, async (_, host) => {
    const { task, runId } = await findOwnRun(host, db, queue);
    const part = task.params as unknown as PartParams;
    const { workflow_run_id, root_task_id: rootTaskId, deadline = null } = part;
    const rootTask = await getTaskStatus(db, queue, rootTaskId);
    if (!rootTask) throw new Error(`Task "${rootTaskId}", which holds the workflow, is gone.`);
    const root = rootTask.params as unknown as RootParams;
    const at = { db, queue, taskId: task.taskId, runId };
    const assignment = { at, root, rootTaskId, workflow_run_id, deadline };
    await execute(host, options, assignment, (run, context) => runPart(run, context, part));
  });
}

type Assignment = {
  at: Execution;
  root: RootParams;
  rootTaskId: Uuid;
  workflow_run_id: Uuid;
  /** For a part: the run's deadline. */
  deadline?: string | null;
};

/**
 * Executes until the task has ended or sleeps. Both are reported to the engine at that point, in separate
 * transactions, so the SDK must report nothing: the handler is left in the way of a task that sleeps.
 */
async function execute(
  host: Host,
  options: HighwayOptions,
  { at, root, rootTaskId, workflow_run_id, deadline = null }: Assignment,
  work: (run: Run, context: Context) => Promise<void>,
): Promise<never> {
  const { db, functions, heartbeatSeconds = 20, recovery = DEFAULT_RECOVERY, observe } = options;
  // Runs started by an earlier release carry definitions without the newer fields.
  const workflow: Workflow = decodeWorkflow(root.definition).workflow ?? root.definition;
  const readClock = () => getCurrentTime(db);
  try {
    await withLease(host, heartbeatSeconds, async (signal) => {
      await refuseUnsupported(db, workflow);
      const now = await readClock();
      const journal = await Journal.open(at, now);
      const stopped = new AbortController();
      const end =
        rootTaskId === at.taskId ? await recordDeadline(journal, workflow, now) : deadline;
      const run: Run = {
        journal,
        replay: new Replay(workflow, journal.records),
        workflow,
        workflowRunId: workflow_run_id,
        rootTaskId,
        parentWorkflowRunId: root.parent_workflow_run_id ?? null,
        headers: selectHeaders(host.headers),
        functions,
        now,
        readClock,
        deadline: end === null ? null : new Date(end),
        mayBeTerminated: canTerminateInPart(workflow),
        signal: AbortSignal.any([signal, stopped.signal]),
        stop: (reason) => stopped.abort(reason),
        recovery,
        runScope,
        observe,
      };
      const stopWatching = watchForEnding(run);
      try {
        await work(run, createContext(run, root, options));
      } finally {
        stopWatching();
      }
    });
  } catch (error) {
    if (error instanceof TaskCancelledError) await markCancelled(at, root, rootTaskId);
    // A part of an ended run has nothing to report; the root cancels it.
    else if (!(error instanceof RunFailedError || error instanceof RunEnded)) throw error;
  }
  return suspend(host);
}

/**
 * A workflow spawned by another program may use features that are not executed, or need a missing table. @throws
 * Error.
 */
async function refuseUnsupported(db: Queryable, workflow: Workflow): Promise<void> {
  const problems = listNotExecuted(workflow).map(formatProblem);
  const missing = await findCircuitProblem(db, workflow);
  if (missing) problems.push(missing);
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/** A hundred years. */
const MAX_DEADLINE_SECONDS = 3_155_760_000;

/** When a run must end, as ISO text: counted from its first start, by the database's clock. */
async function recordDeadline(
  journal: Journal,
  { deadline_seconds: seconds, tasks }: Workflow,
  now: Date,
): Promise<string | null> {
  if (seconds === null) return null;
  // No path starts with a percent sign followed by these letters; needed in case an operator is called "run".
  const entry = Object.hasOwn(tasks, "run") ? "%run/deadline" : "run/deadline";
  // A deadline that no clock reaches counts as none.
  if (seconds > MAX_DEADLINE_SECONDS) return null;
  return String(await journal.once(entry, () => instantAfter(now, seconds)));
}

/**
 * Leaves the handler as the SDK does when a task sleeps. Another copy of the SDK does not recognise an error of
 * ours, so this provokes its own: by a context of the same class, with a fake database that reports that the task
 * has to wait.
 */
async function suspend(host: Host): Promise<never> {
  const Context = host.constructor as typeof TaskContext;
  const answer = [{ should_suspend: true, payload: null }];
  const query = async (text: string) => ({ rows: text.includes("await_event") ? answer : [] });
  const context = await Context.create({
    log: console,
    taskID: host.taskID,
    con: { query } as unknown as Parameters<typeof Context.create>[0]["con"],
    queueName: "none",
    task: {
      run_id: host.taskID,
      task_id: host.taskID,
      task_name: "suspend",
      attempt: 1,
      params: null,
      retry_strategy: null,
      max_attempts: null,
      headers: null,
      wake_event: null,
      event_payload: null,
    },
    claimTimeout: 60,
    onLeaseExtended: () => {},
  });
  await context.awaitEvent("suspend");
  throw new Error("This version of absurd-sdk suspends tasks in a way that Highway does not know.");
}

/**
 * The task that a worker executes, and its run. The SDK does not expose the run's id. The task's latest run is
 * this worker's if its lease can still be extended after that run was read, because a later run exists only once
 * this one has failed.
 *
 * @throws the SDK's error if the run is lost.
 */
async function findOwnRun(
  host: Host,
  db: Queryable,
  queue: string,
): Promise<{ task: TaskStatus; runId: Uuid }> {
  const task = await getTaskStatus(db, queue, host.taskID);
  await host.heartbeat();
  if (!task?.lastAttemptRun) throw new RunNotRunningError(`Task "${host.taskID}" has no run`);
  return { task, runId: task.lastAttemptRun };
}

/** Extends the lease during `work`, and aborts it if that fails: then another worker holds the run. */
async function withLease<T>(
  host: Host,
  seconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const timer = setInterval(
    () => host.heartbeat().catch((error) => lost.abort(error)),
    seconds * 1000,
  );
  try {
    return await work(lost.signal);
  } finally {
    clearInterval(timer);
    // Functions that still run have nowhere to report to.
    lost.abort(new Error("The execution has ended."));
  }
}

function selectHeaders({ highway_path: _, ...headers }: Readonly<JsonObject>): JsonObject {
  return headers;
}

function createContext(run: Run, { inputs }: RootParams, options: HighwayOptions): Context {
  const { variables, name, version } = run.workflow;
  const id = run.workflowRunId;
  const about = { id, workflow_run_id: id, name, version };
  const env = { ...options.env };
  const globals = { inputs, variables: withInputs(variables, inputs), run: about, env };
  return new Context(globals, { lenient: options.lenient ?? false });
}

/** The variables of a run: an input of the same name replaces the definition's value. */
function withInputs(variables: JsonObject, inputs: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      Object.hasOwn(inputs, name) ? (inputs[name] ?? null) : value,
    ]),
  );
}
