import type { Uuid } from "../../model/ids.ts";
import type { Instant } from "../../model/instants.ts";
import type { TaskState } from "../../model/states.ts";
import { isActive } from "../../model/states.ts";
import { decodeDate, decodeInstant } from "../connection/columns.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";
import { RunChangedError, RunNotFoundError } from "../errors.ts";

/**
 * The largest difference between the wake time in a checkpoint (the worker's clock) and the run's `available_at`
 * (the database's clock) that still counts as a durable sleep. Larger than the difference between synchronised
 * clocks, and less than the 15 s by which workers defer an unknown task.
 */
const SLEEP_TOLERANCE_MS = 10_000;

/** A waiting run and its wait. */
export type ReschedulePreview = {
  runId: Uuid;
  taskId: Uuid;
  taskName: string;
  attempt: number;
  state: "pending" | "sleeping";
  /** When it can start or resume, or when its wait times out; `"infinity"` for an event wait without timeout. */
  at: Instant;
  /** The database's clock at the time of the query. */
  now: Date;
  /** When the task's cancellation rules end it, regardless of `at`; takes effect when a worker polls. */
  cancelledAt?: Date;
} & (
  | {
      /**
       * `queued`: the first attempt, not started. `backoff`: a later attempt, not started. `woken`: received its
       * event and waits for a worker. `deferred`: put back by a worker, or scheduled by other means.
       */
      kind: "queued" | "backoff" | "woken" | "deferred";
    }
  /** A durable sleep; checkpoint `step` holds its end. */
  | { kind: "sleep"; step: string }
  | {
      kind: "event-wait";
      event: string;
      /** The waiting step. Absent if the event was emitted after the deadline, which deletes the wait. */
      step?: string;
    }
);

type Row = {
  run_id: Uuid;
  task_id: Uuid;
  task_name: string | null;
  attempt: number;
  state: TaskState;
  task_state: TaskState | null;
  is_last: boolean | null;
  claimed_by: string | null;
  started: boolean;
  wake_event: string | null;
  available_at: string;
  wait_step: string | null;
  last_step: string | null;
  last_text: string | null;
  cancelled_at: string | null;
  now: string;
};

/**
 * Returns what the run waits for, in one statement without locks. Pass the result to `rescheduleRun` as `expected`
 * to change the run only if it is still the same.
 *
 * @throws RunNotFoundError
 * @throws RunChangedError if the run isn't waiting: it is running, it has ended, or its task has a later attempt.
 */
export async function previewReschedule(
  db: Queryable,
  queue: string,
  runId: Uuid,
): Promise<ReschedulePreview> {
  const preview = (await previewReschedules(db, queue, [runId])).get(runId);
  if (!preview) throw new RunNotFoundError(`Run "${runId}" not found in queue "${queue}"`);
  if (preview instanceof RunChangedError) throw preview;
  return preview;
}

/** Like `previewReschedule` for many runs, still in one statement. The result has no entry for a missing run. */
export async function previewReschedules(
  db: Queryable,
  queue: string,
  runIds: readonly Uuid[],
): Promise<Map<Uuid, ReschedulePreview | RunChangedError>> {
  const rows = await call<Row>(db, selectPreviews(queue), [runIds], { queue });
  return new Map(rows.map((row) => [row.run_id, decodePreview(row)]));
}

function decodePreview(row: Row): ReschedulePreview | RunChangedError {
  const obstacle = findObstacle(row);
  if (obstacle) return new RunChangedError(row.run_id, row.state, obstacle);
  const state = row.state === "pending" ? row.state : "sleeping";
  return {
    runId: row.run_id,
    taskId: row.task_id,
    taskName: row.task_name ?? "",
    attempt: row.attempt,
    state,
    at: decodeInstant(row.available_at),
    now: decodeDate(row.now),
    ...(row.cancelled_at !== null && { cancelledAt: decodeDate(row.cancelled_at) }),
    ...decodeWait(row),
  };
}

/** Why the run can't be rescheduled, without the subject ("Run …"). */
function findObstacle(row: Row): string | undefined {
  if (row.state === "running")
    return row.claimed_by === null ? "is running now" : `is running now on ${row.claimed_by}`;
  if (row.state !== "pending" && row.state !== "sleeping") return `is ${row.state} now`;
  if (row.task_state === null) return "has lost its task";
  if (!row.is_last) return "is no longer its task's current attempt";
  if (!isActive(row.task_state)) return `belongs to a task that is ${row.task_state} now`;
  return undefined;
}

function decodeWait(row: Row) {
  if (row.state === "pending" && row.started) return { kind: "woken" } as const;
  if (row.state === "sleeping" && row.wake_event !== null)
    return {
      kind: "event-wait",
      event: row.wake_event,
      ...(row.wait_step !== null && { step: row.wait_step }),
    } as const;
  if (!row.started) return { kind: row.attempt > 1 ? "backoff" : "queued" } as const;
  if (row.last_step !== null && isSleepEnd(row.last_text, decodeInstant(row.available_at)))
    return { kind: "sleep", step: row.last_step } as const;
  return { kind: "deferred" } as const;
}

/** An ISO time with an offset, as every SDK stores the end of a sleep. */
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

function isSleepEnd(text: string | null, at: Instant): boolean {
  if (text === null || !ISO_TIME.test(text) || at === "infinity") return false;
  return Math.abs(Date.parse(text) - at.getTime()) <= SLEEP_TOLERANCE_MS;
}

/** SQL for a deadline; NULL for a rule that the engine can't parse either. */
const deadline = (start: string, rule: string) =>
  `case when t.cancellation->>'${rule}' ~ '^[0-9]{1,9}$'
        then ${start} + make_interval(secs => (t.cancellation->>'${rule}')::integer) end`;

/**
 * The last checkpoint is the task's, not the run's: a worker may have stored the end of a sleep and died, and then
 * the next attempt sleeps.
 */
function selectPreviews(queue: string): string {
  const table = (prefix: "t" | "r" | "c" | "w") => queueTable(prefix, queue);
  return `
    select r.run_id, r.task_id, t.task_name, r.attempt, r.state, t.state as task_state,
           t.last_attempt_run = r.run_id as is_last, r.claimed_by,
           r.started_at is not null as started, r.wake_event,
           extract(epoch from r.available_at)::text as available_at,
           w.step_name as wait_step, c.checkpoint_name as last_step, c.text as last_text,
           extract(epoch from case when t.first_started_at is null
             then ${deadline("t.enqueue_at", "max_delay")}
             else ${deadline("t.first_started_at", "max_duration")} end)::text as cancelled_at,
           extract(epoch from absurd.current_time())::text as now
      from ${table("r")} r
      left join ${table("t")} t on t.task_id = r.task_id
      left join lateral (
        select step_name from ${table("w")}
         where run_id = r.run_id and event_name = r.wake_event
         limit 1) w on true
      left join lateral (
        select checkpoint_name,
               case when jsonb_typeof(state) = 'string' then left(state #>> '{}', 50) end as text
          from ${table("c")}
         where task_id = r.task_id and status = 'committed'
         order by updated_at desc, checkpoint_name desc
         limit 1) c on true
     where r.run_id = any($1::uuid[])`;
}
