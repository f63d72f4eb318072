/**
 * Every error of the client layer. Messages are safe to show to a user: they name queues, ids and operations, never
 * SQL or parameters. `cause` holds the database's error, if there is one.
 */

import type { Uuid } from "../model/ids.ts";
import type { TaskState } from "../model/states.ts";

/** The base class of every error of this layer. */
export class AbsurdError extends Error {
  override readonly name: string = "AbsurdError";
}

/** An argument that no engine accepts. Nothing was sent to the database. */
export class InvalidArgumentError extends AbsurdError {
  override readonly name = "InvalidArgumentError";
}

/** Not a failure: the run is suspended and the worker is free. The run resumes at `wakeAt` or on `eventName`. */
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

/** The event was not emitted before the wait's timeout. */
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

/** The database rejected a statement or failed while running it; `code` is the SQLSTATE. */
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

/** The engine refused a well-formed call; the message is the engine's (SQLSTATE P0001). */
export class EngineRefusalError extends AbsurdDbError {
  override readonly name: string = "EngineRefusalError";

  constructor(message: string, options?: ErrorOptions) {
    super("P0001", message, options);
  }
}

/** The task was cancelled; a worker that still executes it should stop (SQLSTATE AB001). */
export class TaskCancelledError extends AbsurdDbError {
  override readonly name = "TaskCancelledError";

  constructor(options?: ErrorOptions) {
    super("AB001", "The task has been cancelled.", options);
  }
}

/** The run has already failed, usually because its lease expired; another attempt may be running (SQLSTATE AB002). */
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

/** The operation needs a sleeping run. */
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

/** The run no longer meets the operation's precondition, or differs from what the caller saw. Nothing was changed. */
export class RunChangedError extends AbsurdError {
  override readonly name = "RunChangedError";

  constructor(
    readonly runId: Uuid,
    readonly state: TaskState,
    /** The current activity of the run, without the subject, such as `is running now on worker-1`. */
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
    /** The operation, such as `retry_task`. */
    readonly operation: string,
    /** The engine's version, such as `0.1.1` or `older than 0.2.0`. */
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

/** The database has no `workflow_run` table, so it doesn't track workflow runs. */
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

/** The workflow run has ended; only a forced change can leave its final status. */
export class WorkflowRunEndedError extends AbsurdError {
  override readonly name = "WorkflowRunEndedError";

  constructor(
    readonly workflowRunId: Uuid,
    readonly status: string,
  ) {
    super(`Workflow run ${workflowRunId} is already ${status}.`);
  }
}
