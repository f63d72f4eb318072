import type { Uuid } from "../../model/ids.ts";
import type { Json } from "../../model/json.ts";
import type { TaskState } from "../../model/states.ts";
import { readDate, readJson, selectInstants, selectJson } from "../connection/columns.ts";
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

/** Who waits, in which step, for what. */
export type AwaitInput = {
  taskId: Uuid;
  runId: Uuid;
  /** Name of the checkpoint that will hold the payload. */
  stepName: string;
  eventName: string;
  /** Whole seconds from now; left out or `null` the run waits for ever. 0 suspends once and is due at once. */
  timeoutSeconds?: number | null;
};

/** What came of waiting. A payload may be JSON null; a timeout has none. */
export type AwaitResult =
  | { status: "suspended" }
  | { status: "received"; payload: Json }
  | { status: "timeout" };

/**
 * Waits for an event of this queue. If it was emitted, its payload is stored as the step's checkpoint and returned;
 * if not, run and task are put to sleep and the caller must stop executing. The emit, or the end of the timeout, makes
 * the run claimable again; calling this once more then gives the outcome. No emit is lost in between.
 *
 * A timeout leaves no checkpoint: whoever replays the step later waits again, so the caller should store the timeout
 * as a checkpoint of its own.
 *
 * @throws TaskCancelledError. @throws RunNotFoundError. @throws RunNotRunningError in any other state.
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
  const payload = readJson(row?.payload ?? null);
  return payload === undefined ? { status: "timeout" } : { status: "received", payload };
}

/** Who waits for what. */
export type WaitInput = {
  runId: Uuid;
  eventName: string;
  /** Whole seconds, or `null` to wait for ever, which has to be said. */
  timeoutSeconds: number | null;
  /** Saves a look-up. */
  taskId?: Uuid;
  /** `$awaitEvent:{eventName}` by default, the name that workers of the SDK use. */
  stepName?: string;
};

/**
 * Like `awaitEvent`, for code that unwinds when it has to sleep: returns the payload or throws.
 *
 * @throws AbsurdSleepError when the run was suspended: stop executing it, the transaction (if any) must be committed.
 * @throws EventTimeoutError when the time is over. @throws what `awaitEvent` throws.
 */
export async function waitForEvent(db: Queryable, queue: string, input: WaitInput): Promise<Json> {
  const { runId, eventName, timeoutSeconds } = input;
  // `undefined` reaches here from JavaScript; waiting for ever by mistake is what this argument prevents.
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
 * Checks that a run sleeps. There is nothing to set: `awaitEvent`, `scheduleRun` and `sleep` have already put run and
 * task to sleep and freed the lease.
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
 * Emits an event in this queue, or in `queueName`. The first emit of a name counts: it stores the payload
 * (`undefined` as JSON null), wakes the runs that wait for it and writes their checkpoints. Later ones change nothing
 * (before schema 0.1.0 they overwrote the payload and woke again).
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
 * Whether the event's row was written by the transaction this runs in. After `emitEvent` it tells an emit that counted
 * from one that came second: the engine answers both alike. Not for use behind a savepoint.
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
  /** `null`: runs have asked for it, nobody has emitted it. */
  emittedAt: Date | null;
};

/** Which events to list. */
export type ListEventsOptions = {
  state?: "emitted" | "awaited";
  /** Only names after this one: the last of the page before. */
  after?: string;
  /** 100 by default. */
  limit?: number;
};

/** Events of a queue by name (in the database's order), without their payloads. @throws QueueNotFoundError. */
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
  return rows.map((row) => ({ name: row.event_name, emittedAt: readDate(row.emitted_at) }));
}

/** An event with its payload, or `null` when it was not emitted in this queue. @throws QueueNotFoundError. */
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
  const payload = readJson(row?.payload ?? null);
  if (!row || payload === undefined) return null;
  return { name: eventName, emittedAt: readDate(row.emitted_at), payload };
}
