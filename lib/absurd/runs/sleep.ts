import type { Uuid } from "../../model/ids.ts";
import { atomically } from "../connection/atomically.ts";
import { readDate } from "../connection/columns.ts";
import { instantParameter, requireQuantity } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call } from "../connection/sql.ts";
import { AbsurdSleepError, InvalidArgumentError } from "../errors.ts";
import { getCheckpoint, setCheckpoint } from "./checkpoints.ts";
import { requireTaskIdForRun, scheduleRun } from "./runs.ts";

/** Who sleeps, in which step, for how long. */
export type SleepInput = {
  runId: Uuid;
  /** Saves a look-up. */
  taskId?: Uuid;
  /** Unique within the task; two sleeps of the same name would be one. */
  stepName: string;
} & (
  | { /** From now, by the database's clock; fractions are fine. */ seconds: number }
  | { until: Date }
);

/**
 * Sleeps durably: the first call stores the time of waking as the step's checkpoint (ISO-8601 text, as workers of the
 * SDK store it) and puts run and task to sleep; a call after waking returns. Any later attempt keeps to the stored
 * time, so a sleep is not slept twice.
 *
 * Its statements happen together or not at all: a transaction of their own, or a savepoint inside a caller's.
 *
 * @throws AbsurdSleepError with `wakeAt` when the run was put to sleep: stop executing it and commit.
 * @throws InvalidArgumentError when the step's checkpoint is not a time. @throws RunNotRunningError,
 * RunNotFoundError, TaskCancelledError, RunFailedError.
 */
export async function sleep(db: Queryable, queue: string, input: SleepInput): Promise<void> {
  const { runId, stepName } = input;
  if ("seconds" in input) requireQuantity("seconds", input.seconds);
  const wakeAt = await atomically(db, async (tx) => {
    const taskId = input.taskId ?? (await requireTaskIdForRun(tx, queue, runId));
    const now = await getCurrentTime(tx);
    const stored = await getCheckpoint(tx, queue, taskId, stepName);
    const wake = stored ? timeIn(stored.state, stepName) : wakeTime(input, now);
    if (!stored)
      await setCheckpoint(tx, queue, {
        taskId,
        stepName,
        state: instantParameter("The end of the sleep", wake),
        ownerRunId: runId,
      });
    if (wake <= now) return null;
    await scheduleRun(tx, queue, runId, wake);
    return wake;
  });
  if (wakeAt)
    throw new AbsurdSleepError(`The run sleeps until ${wakeAt.toISOString()}.`, { runId, wakeAt });
}

/** The engine's time: that of the database, unless it is set to another for the session. */
export async function getCurrentTime(db: Queryable): Promise<Date> {
  const [row] = await call<{ now: string }>(
    db,
    "select extract(epoch from absurd.current_time())::text as now",
  );
  return readDate(row?.now ?? "");
}

function wakeTime(input: SleepInput, now: Date): Date {
  // Rounded up, so that nobody wakes before the time is over.
  return "until" in input ? input.until : new Date(now.getTime() + Math.ceil(input.seconds * 1000));
}

function timeIn(state: unknown, stepName: string): Date {
  const time = new Date(typeof state === "string" ? state : Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError(`Step "${stepName}" holds something else than a sleep.`);
  return time;
}
