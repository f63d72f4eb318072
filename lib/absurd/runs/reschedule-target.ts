import type { Uuid } from "../../model/ids.ts";
import type { Instant } from "../../model/instants.ts";
import type { TaskState } from "../../model/states.ts";
import { isActive } from "../../model/states.ts";
import { readDate, readInstant } from "../connection/columns.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";
import { RunChangedError, RunNotFoundError } from "../errors.ts";

/**
 * How far the wake time that a worker wrote (its clock) and the time at which the run becomes claimable (the database's
 * clock) may lie apart for the run to count as a durable sleeper: more than synchronised clocks differ by, less than
 * the 15 seconds for which workers put back a task they do not know.
 */
const SLEEP_TOLERANCE_MS = 10_000;

/** A run that is waiting for its time, and for what. */
export type RescheduleTarget = {
  runId: Uuid;
  taskId: Uuid;
  taskName: string;
  attempt: number;
  state: "pending" | "sleeping";
  /** When it starts, resumes or times out; `"infinity"` for an event wait without timeout. */
  at: Instant;
  /** The database's clock when the run was looked at. */
  now: Date;
  /** When the task's own cancellation rules end it, whatever `at` says; a poll of a worker makes it happen. */
  cancelledAt?: Date;
} & (
  | {
      /**
       * `queued` has never started, `backoff` neither but is a later attempt, `woken` got its event and awaits a
       * worker, `deferred` was put back by a worker or scheduled by other means.
       */
      kind: "queued" | "backoff" | "woken" | "deferred";
    }
  /** A durable sleep; `step` is the checkpoint that holds its end. */
  | { kind: "sleep"; step: string }
  | {
      kind: "event-wait";
      event: string;
      /** The step that waits. Absent when the event was emitted after the deadline: then nothing waits any more. */
      step?: string;
    }
);

type Row = {
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
 * What the run waits for, read without locks in one statement.
 *
 * @throws RunNotFoundError
 * @throws RunChangedError when it does not wait: it runs, it ended, or its task went on without it.
 */
export async function getRescheduleTarget(
  db: Queryable,
  queue: string,
  runId: Uuid,
): Promise<RescheduleTarget> {
  const [row] = await call<Row>(db, selectTarget(queue), [runId], { queue });
  if (!row) throw new RunNotFoundError(`Run "${runId}" not found in queue "${queue}"`);
  const obstacle = obstacleOf(row);
  if (obstacle) throw new RunChangedError(runId, row.state, obstacle);
  const state = row.state === "pending" ? row.state : "sleeping";
  return {
    runId,
    taskId: row.task_id,
    taskName: row.task_name ?? "",
    attempt: row.attempt,
    state,
    at: readInstant(row.available_at),
    now: readDate(row.now),
    ...(row.cancelled_at !== null && { cancelledAt: readDate(row.cancelled_at) }),
    ...waitOf(row),
  };
}

/** Why the run cannot be rescheduled, as the end of "Run … ". */
function obstacleOf(row: Row): string | undefined {
  if (row.state === "running")
    return row.claimed_by === null ? "is running now" : `is running now on ${row.claimed_by}`;
  if (row.state !== "pending" && row.state !== "sleeping") return `is ${row.state} now`;
  if (row.task_state === null) return "has lost its task";
  if (!row.is_last) return "is no longer its task's current attempt";
  if (!isActive(row.task_state)) return `belongs to a task that is ${row.task_state} now`;
  return undefined;
}

function waitOf(row: Row) {
  if (row.state === "pending" && row.started) return { kind: "woken" } as const;
  if (row.state === "sleeping" && row.wake_event !== null)
    return {
      kind: "event-wait",
      event: row.wake_event,
      ...(row.wait_step !== null && { step: row.wait_step }),
    } as const;
  if (!row.started) return { kind: row.attempt > 1 ? "backoff" : "queued" } as const;
  if (row.last_step !== null && fits(row.last_text, readInstant(row.available_at)))
    return { kind: "sleep", step: row.last_step } as const;
  return { kind: "deferred" } as const;
}

/** An ISO time with its offset, as every SDK writes the end of a sleep. */
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

function fits(text: string | null, at: Instant): boolean {
  if (text === null || !ISO_TIME.test(text) || at === "infinity") return false;
  return Math.abs(Date.parse(text) - at.getTime()) <= SLEEP_TOLERANCE_MS;
}

/** A rule that the engine could not read either is left out. */
const deadline = (start: string, rule: string) =>
  `case when t.cancellation->>'${rule}' ~ '^[0-9]{1,9}$'
        then ${start} + make_interval(secs => (t.cancellation->>'${rule}')::integer) end`;

/**
 * The last checkpoint is the task's, whichever run wrote it: a worker may have stored the end of a sleep and died, and
 * then it is the next attempt that sleeps.
 */
function selectTarget(queue: string): string {
  const table = (prefix: "t" | "r" | "c" | "w") => queueTable(prefix, queue);
  return `
    select r.task_id, t.task_name, r.attempt, r.state, t.state as task_state,
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
     where r.run_id = $1`;
}
