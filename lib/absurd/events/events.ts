import type { Uuid } from "../../model/ids.ts";
import type { Json } from "../../model/json.ts";
import type { TaskState } from "../../model/states.ts";
import { decodeDate, decodeJson, selectInstants, selectJson } from "../connection/columns.ts";
import { jsonParameter, requireInteger, requireText } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";
import {
  AbsurdSleepError,
  EventTimeoutError,
  RunNotFoundError,
  RunNotSleepingError,
} from "../errors.ts";
import { requireTaskIdForRun } from "../runs/runs.ts";

/** The waiting run, its step and the event. */
export type AwaitInput = {
  taskId: Uuid;
  runId: Uuid;
  /** Name of the checkpoint that receives the payload. */
  stepName: string;
  eventName: string;
  /** Whole seconds from now; left out or `null` means no timeout. 0 suspends the run once and makes it due at once. */
  timeoutSeconds?: number | null;
};

/** Outcome of a wait. A payload may be JSON null; a timeout has none. */
export type AwaitResult =
  | { status: "suspended" }
  | { status: "received"; payload: Json }
  | { status: "timeout" };

/**
 * Waits for an event of this queue. If it was emitted, its payload is stored as the step's checkpoint and
 * returned. If not, run and task are put to sleep and the caller must stop executing. The emit or the timeout
 * makes the run ready again; then a second call returns the outcome. No emit is lost in between.
 *
 * A timeout stores no checkpoint, so a later replay of the step waits again. Store the timeout as a checkpoint of
 * your own.
 *
 * @throws TaskCancelledError.
 * @throws RunNotFoundError.
 * @throws RunNotRunningError in any other state.
 */
export async function awaitEvent(
  db: Queryable,
  queue: string,
  input: AwaitInput,
): Promise<AwaitResult> {
  const { timeoutSeconds = null } = input;
  requireText("eventName", input.eventName);
  requireText("stepName", input.stepName);
  if (timeoutSeconds !== null) requireInteger("timeoutSeconds", timeoutSeconds, 0);
  const [row] = await call<{ should_suspend: boolean; payload: string | null }>(
    db,
    `select should_suspend, ${selectJson("payload")}
       from absurd.await_event($1, $2, $3, $4, $5, $6)`,
    [queue, input.taskId, input.runId, input.stepName, input.eventName, timeoutSeconds],
    { queue },
  );
  if (row?.should_suspend) return { status: "suspended" };
  const payload = decodeJson(row?.payload ?? null);
  return payload === undefined ? { status: "timeout" } : { status: "received", payload };
}

/** The waiting run and the event. */
export type WaitInput = {
  runId: Uuid;
  eventName: string;
  /** Whole seconds. `null` means no timeout and must be explicit. */
  timeoutSeconds: number | null;
  /** Saves a query. */
  taskId?: Uuid;
  /** `$awaitEvent:{eventName}` by default, as in the SDKs. */
  stepName?: string;
};

/**
 * Like `awaitEvent`, but returns the payload or throws, for code that unwinds to suspend.
 *
 * @throws AbsurdSleepError if the run was suspended; stop executing it and commit.
 * @throws EventTimeoutError if the wait timed out.
 * @throws the errors of `awaitEvent`.
 */
export async function waitForEvent(db: Queryable, queue: string, input: WaitInput): Promise<Json> {
  const { runId, eventName, timeoutSeconds } = input;
  // Refuses `undefined` from JavaScript, so that no caller waits without timeout by mistake.
  if (timeoutSeconds !== null) requireInteger("timeoutSeconds", timeoutSeconds, 0);
  const taskId = input.taskId ?? (await requireTaskIdForRun(db, queue, runId));
  const stepName = input.stepName ?? `$awaitEvent:${eventName}`;
  const outcome = await awaitEvent(db, queue, {
    taskId,
    runId,
    stepName,
    eventName,
    timeoutSeconds,
  });
  switch (outcome.status) {
    case "received":
      return outcome.payload;
    case "timeout":
      throw new EventTimeoutError(eventName, timeoutSeconds);
    case "suspended":
      throw new AbsurdSleepError(`The run waits for event "${eventName}".`, { runId, eventName });
  }
}

/**
 * Checks that a run sleeps. It sets nothing: `awaitEvent`, `scheduleRun` and `sleep` have already put run and task to
 * sleep and released the lease.
 *
 * @deprecated Kept for programs written for the Python client.
 * @throws RunNotFoundError. @throws RunNotSleepingError.
 */
export async function setRunSleeping(db: Queryable, queue: string, runId: Uuid): Promise<void> {
  const [row] = await call<{ state: TaskState }>(
    db,
    `select state from ${queueTable("r", queue)} where run_id = $1`,
    [runId],
    { queue },
  );
  if (!row) throw new RunNotFoundError(`Run "${runId}" not found in queue "${queue}"`);
  if (row.state !== "sleeping") throw new RunNotSleepingError(runId, row.state);
}

/**
 * Emits an event in this queue, or in `queueName`. The first emit of a name stores the payload (`undefined` as JSON
 * null), wakes the runs that wait for it and writes their checkpoints. Later ones have no effect (before schema 0.1.0
 * they overwrote the payload and woke waiters again).
 *
 * @throws InvalidArgumentError for a blank name. @throws QueueNotFoundError.
 */
export async function emitEvent(
  db: Queryable,
  queue: string,
  eventName: string,
  payload?: Json,
  options: { queueName?: string } = {},
): Promise<void> {
  requireText("eventName", eventName);
  const target = options.queueName ?? queue;
  await call(
    db,
    "select absurd.emit_event($1, $2, $3::jsonb)",
    [target, eventName, jsonParameter(payload)],
    { queue: target },
  );
}

/**
 * Whether the current transaction wrote the event's row. After `emitEvent` this distinguishes a first emit from a
 * later one, which the engine doesn't report. Doesn't work inside a savepoint.
 *
 * @throws QueueNotFoundError for an unknown queue.
 */
export async function wasEmittedHere(
  db: Queryable,
  queue: string,
  eventName: string,
): Promise<boolean> {
  const [row] = await call<{ here: boolean }>(
    db,
    `select xmin::text = (pg_current_xact_id()::text::numeric % 4294967296)::text as here
       from ${queueTable("e", queue)} where event_name = $1`,
    [eventName],
    { queue },
  );
  return row?.here ?? false;
}

/** An event of a queue. */
export type EventInfo = {
  name: string;
  /** `null`: awaited but not emitted. */
  emittedAt: Date | null;
};

/** Filters and paging of `listEvents`. */
export type ListEventsOptions = {
  state?: "emitted" | "awaited";
  /** Cursor: the last name of the previous page. */
  after?: string;
  /** 100 by default. */
  limit?: number;
};

/** Lists events of a queue by name, in the database's order, without payloads. @throws QueueNotFoundError. */
export async function listEvents(
  db: Queryable,
  queue: string,
  options: ListEventsOptions = {},
): Promise<EventInfo[]> {
  const { state, after, limit = 100 } = options;
  requireInteger("limit", limit, 1);
  const rows = await call<{ event_name: string; emitted_at: string | null }>(
    db,
    `select event_name,
            extract(epoch from case when payload is not null then emitted_at end)::text
              as emitted_at
       from ${queueTable("e", queue)}
      where ($1::text is null or event_name > $1)
        and ($2::text is null or (payload is not null) = ($2 = 'emitted'))
      order by event_name limit $3`,
    [after ?? null, state ?? null, limit],
    { queue },
  );
  return rows.map((row) => ({ name: row.event_name, emittedAt: decodeDate(row.emitted_at) }));
}

/** Returns an event with its payload, or `null` if it was not emitted in this queue. @throws QueueNotFoundError. */
export async function getEvent(
  db: Queryable,
  queue: string,
  eventName: string,
): Promise<{ name: string; emittedAt: Date; payload: Json } | null> {
  const [row] = await call<{ payload: string | null; emitted_at: string }>(
    db,
    `select ${selectJson("payload")}, ${selectInstants("emitted_at")}
       from ${queueTable("e", queue)} where event_name = $1`,
    [eventName],
    { queue },
  );
  const payload = decodeJson(row?.payload ?? null);
  if (!row || payload === undefined) return null;
  return { name: eventName, emittedAt: decodeDate(row.emitted_at), payload };
}
