import { type Absurd, SuspendTask } from "absurd-sdk";
import { RunFailedError, TaskCancelledError } from "../../absurd/errors.ts";
import { getCurrentTime } from "../../absurd/sleep.ts";
import { getTaskStatus } from "../../absurd/tasks.ts";
import type { Queryable } from "../../absurd/types.ts";
import type { Uuid } from "../../model/ids.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Workflow } from "../model/workflow.ts";
import { PART_TASK, type PartParams } from "./children.ts";
import { Context } from "./context.ts";
import type { WorkflowFunctions } from "./functions.ts";
import { type Execution, Journal } from "./journal.ts";
import { findOwnRun, type Host, withLease } from "./lease.ts";
import { markCancelled } from "./record.ts";
import type { Recovery, Run } from "./run.ts";
import { runPart } from "./run-part.ts";
import { runRoot } from "./run-root.ts";
import { runScope } from "./scope-runner.ts";
import { DEFAULT_RECOVERY, ROOT_TASK, type RootParams } from "./start.ts";

export type HighwayOptions = {
  /** A pool on the worker's database. */
  db: Queryable;
  /** The worker's queue. */
  queue: string;
  functions: WorkflowFunctions;
  /** What templates may read as `ENV`; nothing by default. */
  env?: Readonly<Record<string, string>>;
  /** Unknown paths in templates are null instead of failures. */
  lenient?: boolean;
  /** How often the lease is extended while functions run; well below the worker's claim timeout. */
  heartbeatSeconds?: number;
  /** For the tasks of parts. */
  recovery?: Recovery;
};

/**
 * Makes a worker of the SDK execute workflows: registers the tasks for workflows and for their parts. Start the worker
 * as ever.
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
    const { workflow_run_id, root_task_id: rootTaskId } = part;
    const rootTask = await getTaskStatus(db, queue, rootTaskId);
    if (!rootTask) throw new Error(`Task "${rootTaskId}", which holds the workflow, is gone.`);
    const root = rootTask.params as unknown as RootParams;
    const at = { db, queue, taskId: task.taskId, runId };
    await execute(host, options, { at, root, rootTaskId, workflow_run_id }, (run, context) =>
      runPart(run, context, part),
    );
  });
}

type Assignment = { at: Execution; root: RootParams; rootTaskId: Uuid; workflow_run_id: Uuid };

/**
 * Executes until the task has ended or sleeps; both have been told to the engine then, in transactions of their own,
 * so the SDK must not tell it anything: the way out is the one of tasks that sleep.
 */
async function execute(
  host: Host & { headers: Readonly<JsonObject> },
  options: HighwayOptions,
  { at, root, rootTaskId, workflow_run_id }: Assignment,
  work: (run: Run, context: Context) => Promise<void>,
): Promise<never> {
  const { db, functions, heartbeatSeconds = 20, recovery = DEFAULT_RECOVERY } = options;
  const workflow: Workflow = root.definition;
  const readClock = () => getCurrentTime(db);
  try {
    await withLease(host, heartbeatSeconds, async (signal) => {
      const run: Run = {
        journal: await Journal.open(at),
        workflow,
        workflowRunId: workflow_run_id,
        rootTaskId,
        headers: headersOf(host.headers),
        functions,
        now: await readClock(),
        readClock,
        signal,
        recovery,
        runScope,
      };
      await work(run, contextOf(run, root, options));
    });
  } catch (error) {
    if (error instanceof TaskCancelledError)
      await markCancelled(db, workflow_run_id, at, rootTaskId);
    else if (!(error instanceof RunFailedError)) throw error;
  }
  throw new SuspendTask();
}

function headersOf({ highway_path: _, ...headers }: Readonly<JsonObject>): JsonObject {
  return headers;
}

function contextOf(run: Run, { inputs }: RootParams, options: HighwayOptions): Context {
  const { variables, name, version } = run.workflow;
  const id = run.workflowRunId;
  const about = { id, workflow_run_id: id, name, version };
  const env = { ...options.env };
  const globals = { inputs, variables: withInputs(variables, inputs), run: about, env };
  return new Context(globals, { lenient: options.lenient ?? false });
}

/** The variables of a run: an input of the same name takes the place of the definition's value. */
function withInputs(variables: JsonObject, inputs: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      Object.hasOwn(inputs, name) ? (inputs[name] ?? null) : value,
    ]),
  );
}
