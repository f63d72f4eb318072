/**
 * Every error of the client layer. Messages may be shown to a user: they name queues, ids and operations, never SQL or
 * parameters. Where the database raised the error, `cause` holds it.
 */

import type { Uuid } from "../model/ids.ts";
import type { TaskState } from "../model/states.ts";

/** The base of every error this layer raises on purpose. */
export class AbsurdError extends Error {
  override readonly name: string = "AbsurdError";
}

/** An argument that no engine could accept. Nothing was sent to the database. */
export class InvalidArgumentError extends AbsurdError {
  override readonly name = "InvalidArgumentError";
}

/** Not a failure: the run is suspended, the worker is free for another one. It resumes at `wakeAt` or on `eventName`. */
export class AbsurdSleepError extends AbsurdError {
  override readonly name = "AbsurdSleepError";
  readonly runId: Uuid;
  readonly eventName?: string;
  readonly wakeAt?: Date;

  constructor(message: string, details: { runId: Uuid; eventName?: string; wakeAt?: Date }) {
    super(message);
    this.runId = details.runId;
    if (details.eventName !== undefined) this.eventName = details.eventName;
    if (details.wakeAt !== undefined) this.wakeAt = details.wakeAt;
  }
}

/** The event did not arrive within the time the run was willing to wait. */
export class EventTimeoutError extends AbsurdError {
  override readonly name = "EventTimeoutError";

  constructor(
    readonly eventName: string,
    readonly timeoutSeconds: number | null,
  ) {
    super(
      timeoutSeconds === null
        ? `Timed out waiting for event "${eventName}".`
        : `Event "${eventName}" did not arrive within ${timeoutSeconds} s.`,
    );
  }
}

/** The database refused or failed a statement; `code` is its SQLSTATE. */
export class AbsurdDbError extends AbsurdError {
  override readonly name: string = "AbsurdDbError";

  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The engine said no to a well-formed call, in its own words (SQLSTATE P0001). */
export class EngineRefusalError extends AbsurdDbError {
  override readonly name: string = "EngineRefusalError";

  constructor(message: string, options?: ErrorOptions) {
    super("P0001", message, options);
  }
}

/** The task was cancelled; whoever still executes it should stop (SQLSTATE AB001). */
export class TaskCancelledError extends AbsurdDbError {
  override readonly name = "TaskCancelledError";

  constructor(options?: ErrorOptions) {
    super("AB001", "The task has been cancelled.", options);
  }
}

/** The run has already failed, usually because its lease expired; another attempt may be under way (SQLSTATE AB002). */
export class RunFailedError extends AbsurdDbError {
  override readonly name = "RunFailedError";

  constructor(message = "The run has already failed.", options?: ErrorOptions) {
    super("AB002", message, options);
  }
}

/** The engine does not accept the retry strategy (SQLSTATE AB003, since schema 0.5.0). */
export class InvalidRetryStrategyError extends AbsurdDbError {
  override readonly name = "InvalidRetryStrategyError";

  constructor(message: string, options?: ErrorOptions) {
    super("AB003", message, options);
  }
}

/** The queue does not exist, or its tables are gone (SQLSTATE 42P01). */
export class QueueNotFoundError extends AbsurdDbError {
  override readonly name = "QueueNotFoundError";

  constructor(
    readonly queue: string,
    options?: ErrorOptions,
  ) {
    super("42P01", `Queue "${queue}" does not exist.`, options);
  }
}

/** No such task in this queue. */
export class TaskNotFoundError extends EngineRefusalError {
  override readonly name = "TaskNotFoundError";
}

/** No such run in this queue, or it belongs to another task. */
export class RunNotFoundError extends EngineRefusalError {
  override readonly name = "RunNotFoundError";
}

/** The operation needs a run in another state, for most of them `running`. */
export class RunNotRunningError extends EngineRefusalError {
  override readonly name = "RunNotRunningError";
}

/** The run was expected to sleep. */
export class RunNotSleepingError extends AbsurdError {
  override readonly name = "RunNotSleepingError";

  constructor(
    readonly runId: Uuid,
    readonly state: TaskState,
  ) {
    super(`Run "${runId}" is ${state}, not sleeping.`);
  }
}

/** Only a failed task can be retried. */
export class TaskNotFailedError extends EngineRefusalError {
  override readonly name = "TaskNotFailedError";
}

/** The run is no longer what the operation needs, or what its caller was shown. Nothing was changed. */
export class RunChangedError extends AbsurdError {
  override readonly name = "RunChangedError";

  constructor(
    readonly runId: Uuid,
    readonly state: TaskState,
    /** What the run does now, as the end of the sentence that names it, e.g. `is running now on worker-1`. */
    readonly now: string,
  ) {
    super(`Run ${runId} ${now}. Nothing was changed.`);
  }
}

/** The database has no `absurd` schema, or an incomplete one. */
export class EngineNotInstalledError extends AbsurdDbError {
  override readonly name = "EngineNotInstalledError";

  constructor(options?: ErrorOptions) {
    super("3F000", "This database has no Absurd engine (schema absurd is missing).", options);
  }
}

/** The engine in this database is too old for the operation. */
export class UnsupportedByEngineError extends AbsurdError {
  override readonly name = "UnsupportedByEngineError";

  constructor(
    /** What was asked for, e.g. `retry_task`. */
    readonly operation: string,
    /** Which engine answered, e.g. `0.1.1` or `older than 0.2.0`. */
    readonly found: string,
    /** The first schema version that has the operation. */
    readonly since: string,
    options?: ErrorOptions,
  ) {
    super(
      `The engine in this database (schema ${found}) has no ${operation}; it exists since schema ${since}.`,
      options,
    );
  }
}

/** The database has no `workflow_run` table, so workflow runs are not tracked here. */
export class WorkflowTableMissingError extends AbsurdError {
  override readonly name = "WorkflowTableMissingError";

  constructor(
    readonly table: string,
    options?: ErrorOptions,
  ) {
    super(`Table ${table} does not exist: workflow runs are not tracked here.`, options);
  }
}

/** No such workflow run. */
export class WorkflowRunNotFoundError extends AbsurdError {
  override readonly name = "WorkflowRunNotFoundError";

  constructor(readonly workflowRunId: Uuid) {
    super(`Workflow run ${workflowRunId} does not exist.`);
  }
}

/** The workflow run has ended; its status is final unless the change is forced. */
export class WorkflowRunEndedError extends AbsurdError {
  override readonly name = "WorkflowRunEndedError";

  constructor(
    readonly workflowRunId: Uuid,
    readonly status: string,
  ) {
    super(`Workflow run ${workflowRunId} is already ${status}.`);
  }
}
