import type { Uuid } from "../model/ids.ts";
import type { Json } from "../model/json.ts";
import type { WorkflowStatus } from "../model/states.ts";
import { type Binding, type BoundVerb, bindVerb } from "./bound-verb.ts";
import { type ClientOptions, type ResolvedOptions, resolveOptions } from "./client-options.ts";
import { getCapabilities, getSchemaVersion } from "./connection/capabilities.ts";
import type { Queryable } from "./connection/queryable.ts";
import { InvalidArgumentError } from "./errors.ts";
import * as events from "./events/events.ts";
import { previewEmit } from "./events/preview.ts";
import * as waits from "./events/waits.ts";
import * as cleanup from "./queues/cleanup.ts";
import * as queues from "./queues/queues.ts";
import * as checkpoints from "./runs/checkpoints.ts";
import { rescheduleRun } from "./runs/reschedule.ts";
import { previewReschedule } from "./runs/reschedule-preview.ts";
import * as runs from "./runs/runs.ts";
import { sleep } from "./runs/sleep.ts";
import * as copies from "./tasks/copies.ts";
import { type SpawnOptions, spawnTask } from "./tasks/spawn.ts";
import * as tasks from "./tasks/tasks.ts";
import { getWorkflowRunTasks, type WorkflowTaskFilters } from "./workflow-runs/tasks.ts";
import * as workflows from "./workflow-runs/workflow-runs.ts";

/** `step` keeps the type of what the function returns. */
interface BoundStep {
  <T extends Json | undefined>(
    db: Queryable,
    input: checkpoints.StepInput,
    execute: () => T | Promise<T>,
  ): Promise<T>;
  <T extends Json | undefined>(
    input: checkpoints.StepInput,
    execute: () => T | Promise<T>,
  ): Promise<T>;
}

/**
 * The engine's verbs for one queue.
 *
 * Every method takes an optional connection as its first argument and joins the transaction that is open on it, so
 * that your writes and the engine's commit together. The client doesn't begin, commit or roll back, except for
 * verbs that need several statements: `sleep`, `spawnTask` with `ensureQueue`, `rescheduleRun`, `forkTask` and
 * `dropQueue`. Outside a transaction they open their own; inside one they use a savepoint. Without a connection a
 * method runs on the client's `db`.
 *
 * Methods are bound and can be passed around without their client. The function of the same name documents what
 * each guarantees and throws.
 */
export class AbsurdClient {
  readonly queueName: string;
  readonly workerId: string;
  readonly #options: ResolvedOptions;
  readonly #binding: Binding;

  /** @throws InvalidArgumentError for a queue name that is not allowed. */
  constructor(options: ClientOptions = {}) {
    this.#options = resolveOptions(options);
    const { queueName, workerId, db, logger } = this.#options;
    this.queueName = queueName;
    this.workerId = workerId;
    this.#binding = { queue: queueName, db, logger };
  }

  /** A client like this one for another queue. */
  withQueue(queueName: string): AbsurdClient {
    return new AbsurdClient({ ...this.#options, queueName });
  }

  /** Creates the queue; on an existing one it repairs missing tables. */
  readonly createQueue = this.#bind("createQueue", queues.createQueue);
  /** Drops the queue with everything in it. */
  readonly dropQueue = this.#bind("dropQueue", queues.dropQueue);
  /** Lists the names of all queues of the database. */
  readonly listQueues = this.#bind("listQueues", (db) => queues.listQueues(db));
  /** Returns the maintenance policy of the queue, or `null` if it doesn't exist. */
  readonly getQueuePolicy = this.#bind("getQueuePolicy", queues.getQueuePolicy);
  /** Changes settings of the maintenance policy. */
  readonly setQueuePolicy = this.#bind("setQueuePolicy", queues.setQueuePolicy);
  /** Deletes one batch of tasks that ended before the TTL; returns their number. */
  readonly cleanupTasks = this.#bind("cleanupTasks", cleanup.cleanupTasks);
  /** Deletes one batch of events emitted before the TTL; returns their number. */
  readonly cleanupEvents = this.#bind("cleanupEvents", cleanup.cleanupEvents);
  /** Cleans up every queue of the database by its own policy. */
  readonly cleanupAllQueues = this.#bind(
    "cleanupAllQueues",
    (db, _queue, options?: { queueName?: string }) => cleanup.cleanupAllQueues(db, options),
  );
  /** Returns the capabilities of this database's engine. */
  readonly getCapabilities = this.#bind("getCapabilities", (db) => getCapabilities(db));
  /** Returns the version that the engine reports, or `null` before schema 0.2.0. */
  readonly getSchemaVersion = this.#bind("getSchemaVersion", (db) => getSchemaVersion(db));

  /** Spawns a task; `maxAttempts` defaults to the client's `defaultMaxAttempts`. */
  readonly spawnTask = this.#bind(
    "spawnTask",
    (db, queue, name: string, params?: Json, options: SpawnOptions = {}) =>
      spawnTask(db, queue, name, params, {
        ...options,
        maxAttempts:
          options.maxAttempts === undefined
            ? this.#options.defaultMaxAttempts
            : options.maxAttempts,
      }),
  );
  /** Cancels an active task, by its id or the id of one of its runs. */
  readonly cancelTask = this.#bind("cancelTask", tasks.cancelTask);
  /** Retries a failed task in place, or spawns a new task from it. */
  readonly retryTask = this.#bind("retryTask", tasks.retryTask);
  /** Spawns a copy of a task, with edits. */
  readonly runAgain = this.#bind("runAgain", copies.runAgain);
  /** Spawns a copy of a task that starts from one of its steps. */
  readonly forkTask = this.#bind("forkTask", copies.forkTask);
  /** The task's row, or `null`. */
  readonly getTaskStatus = this.#bind("getTaskStatus", tasks.getTaskStatus);
  /** The task's state with its result or failure, or `null`. */
  readonly getTaskResult = this.#bind("getTaskResult", tasks.getTaskResult);

  /** Claims runs that are due, for this client's worker. */
  readonly claimTasks = this.#bind("claimTasks", (db, queue, options: runs.ClaimOptions = {}) =>
    runs.claimTasks(db, queue, { ...options, workerId: options.workerId ?? this.workerId }),
  );
  /** The same as `claimTasks`. */
  readonly claimTask = this.claimTasks;
  /** Completes a running run and its task. */
  readonly completeTask = this.#bind("completeTask", runs.completeTask);
  /** Fails a run; the engine schedules a retry while attempts remain. */
  readonly failTask = this.#bind("failTask", runs.failTask);
  /** Puts a running run to sleep until a time. */
  readonly scheduleRun = this.#bind("scheduleRun", runs.scheduleRun);
  /** The same as `scheduleRun`. */
  readonly scheduleTask = this.scheduleRun;
  /** Returns what rescheduling a run would change. */
  readonly previewReschedule = this.#bind("previewReschedule", previewReschedule);
  /** Moves a waiting run to another time. */
  readonly rescheduleRun = this.#bind("rescheduleRun", rescheduleRun);
  /** Sets the end of a running run's lease to a number of seconds from now. */
  readonly extendClaim = this.#bind("extendClaim", runs.extendClaim);
  /** The run's row, or `null`. */
  readonly getRunStatus = this.#bind("getRunStatus", runs.getRunStatus);
  /** The task of a run, or `null`. */
  readonly getTaskIdForRun = this.#bind("getTaskIdForRun", runs.getTaskIdForRun);

  /** Stores a step's result. */
  readonly setCheckpoint = this.#bind("setCheckpoint", checkpoints.setCheckpoint);
  /** One checkpoint of a task, or `null`. */
  readonly getCheckpoint = this.#bind("getCheckpoint", checkpoints.getCheckpoint);
  /** The checkpoints visible to a run, oldest first. */
  readonly getCheckpoints = this.#bind("getCheckpoints", checkpoints.getCheckpoints);
  /** All checkpoints of a task, oldest first. */
  readonly getCheckpointsForTask = this.#bind(
    "getCheckpointsForTask",
    checkpoints.getCheckpointsForTask,
  );
  /** The checkpoints visible to a run, as step name -> state. */
  readonly getCheckpointsForRun = this.#bind(
    "getCheckpointsForRun",
    checkpoints.getCheckpointsForRun,
  );
  /** The state of one step of a run's task, or `undefined`. */
  readonly getRunCheckpoint = this.#bind("getRunCheckpoint", checkpoints.getRunCheckpoint);
  /** Stores a step's result for the run that executes it. */
  readonly saveCheckpointForRun = this.#bind(
    "saveCheckpointForRun",
    checkpoints.saveCheckpointForRun,
  );

  /** Runs a function unless its step has a checkpoint; returns the stored or new value. */
  readonly step = this.#bind("step", checkpoints.step<Json | undefined>) as BoundStep;

  /** Waits for an event: suspended, received or timed out. */
  readonly awaitEvent = this.#bind("awaitEvent", events.awaitEvent);
  /** Waits for an event: returns its payload, or throws `AbsurdSleepError` or `EventTimeoutError`. */
  readonly waitForEvent = this.#bind("waitForEvent", events.waitForEvent);
  /** @deprecated Only checks that the run sleeps. */
  readonly setRunSleeping = this.#bind("setRunSleeping", events.setRunSleeping);
  /** Emits an event and wakes its waiters; only the first emit of a name has an effect. */
  readonly emitEvent = this.#bind("emitEvent", events.emitEvent);
  /** Returns what emitting an event would do now. */
  readonly previewEmit = this.#bind("previewEmit", previewEmit);
  /** An emitted event with its payload, or `null`. */
  readonly getEvent = this.#bind("getEvent", events.getEvent);
  /** Lists the events of the queue, emitted or awaited. */
  readonly listEvents = this.#bind("listEvents", events.listEvents);
  /** Lists the waits of the queue's sleeping runs. */
  readonly listWaits = this.#bind("listWaits", waits.listWaits);
  /** Sleeps durably: returns once the time has passed, throws `AbsurdSleepError` before. */
  readonly sleep = this.#bind("sleep", sleep);

  /** Records a workflow run whose tasks run in this queue; returns its id. */
  readonly createWorkflowRun = this.#bind(
    "createWorkflowRun",
    (db, queue, input: workflows.WorkflowRunInput) =>
      workflows.createWorkflowRun(db, queue, input, this.#schema()),
  );
  /** Changes the status of a workflow run; returns false if there is none. */
  readonly updateWorkflowRunStatus = this.#bind(
    "updateWorkflowRunStatus",
    (db, _queue, id: Uuid, status: WorkflowStatus, change?: workflows.WorkflowRunChange) =>
      workflows.updateWorkflowRunStatus(db, id, status, change, this.#schema()),
  );
  /** A workflow run with its payloads, or `null`. */
  readonly getWorkflowRun = this.#bind("getWorkflowRun", (db, _queue, id: Uuid) =>
    workflows.getWorkflowRun(db, id, this.#schema()),
  );
  /** Lists workflow runs of all queues, newest first, in pages. */
  readonly listWorkflowRuns = this.#bind(
    "listWorkflowRuns",
    (db, _queue, filters?: workflows.ListWorkflowRunsOptions) =>
      workflows.listWorkflowRuns(db, filters, this.#schema()),
  );
  /** Lists the tasks of a workflow run, oldest first. */
  readonly getWorkflowRunTasks = this.#bind(
    "getWorkflowRunTasks",
    (db, _queue, id: Uuid, filters?: WorkflowTaskFilters) =>
      getWorkflowRunTasks(db, id, filters, this.#schema()),
  );

  #schema() {
    return { schema: this.#options.workflowSchema };
  }

  #bind<Args extends unknown[], Result>(
    operation: string,
    verb: (db: Queryable, queue: string, ...args: Args) => Promise<Result>,
  ): BoundVerb<Args, Result> {
    // Field initialisers run before the constructor's body, so the binding is looked up at the call.
    return bindVerb(() => this.#binding, operation, verb);
  }
}

let shared: { client: AbsurdClient; options: ClientOptions } | undefined;

/**
 * Returns the client of this process, created by the first call. Later calls may omit options or repeat them.
 *
 * @throws InvalidArgumentError when an option differs from that of the first call.
 */
export function getAbsurdClient(options: ClientOptions = {}): AbsurdClient {
  shared ??= { client: new AbsurdClient(options), options };
  const { client } = shared;
  const settled: ClientOptions = {
    ...shared.options,
    queueName: client.queueName,
    workerId: client.workerId,
  };
  for (const key of Object.keys(options) as (keyof ClientOptions)[])
    if (options[key] !== undefined && options[key] !== settled[key])
      throw new InvalidArgumentError(`The client of this process was built with another ${key}.`);
  return client;
}

/** Drops the client of this process, so that the next call creates a new one. For tests. */
export function resetAbsurdClient(): void {
  shared = undefined;
}
