import type { Uuid } from "../../model/ids.ts";
import { atomically } from "../connection/atomically.ts";
import { decodeDate } from "../connection/columns.ts";
import { instantParameter, requireQuantity } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call } from "../connection/sql.ts";
import { AbsurdSleepError, InvalidArgumentError } from "../errors.ts";
import { getCheckpoint, setCheckpoint } from "./checkpoints.ts";
import { requireTaskIdForRun, scheduleRun } from "./runs.ts";

/** The run that sleeps, the step, and the end of the sleep. */
export type SleepInput = {
  runId: Uuid;
  /** Saves a query. */
  taskId?: Uuid;
  /** Unique within the task; a second sleep of the same name ends with the first. */
  stepName: string;
} & (
  | { /** Duration by the database's clock; may be a fraction. */ seconds: number }
  | { until: Date }
);

/**
 * Sleeps durably. The first call stores the wake time as the step's checkpoint (`formatInstant`, which workers of
 * every SDK parse) and puts run and task to sleep; a call after the wake time returns. Later attempts use the stored
 * time, so a sleep doesn't repeat. Atomic: in a transaction of its own, or a savepoint inside the caller's.
 *
 * @throws AbsurdSleepError with `wakeAt` when the run was put to sleep; stop executing it and commit.
 * @throws InvalidArgumentError when the step's checkpoint is not a time. @throws RunNotRunningError, RunNotFoundError,
 * TaskCancelledError, RunFailedError.
 */
export async function sleep(db: Queryable, queue: string, input: SleepInput): Promise<void> {
  const { runId, stepName } = input;
  if ("seconds" in input) requireQuantity("seconds", input.seconds);
  const wakeAt = await atomically(db, async (tx) => {
    const taskId = input.taskId ?? (await requireTaskIdForRun(tx, queue, runId));
    const now = await getCurrentTime(tx);
    const stored = await getCheckpoint(tx, queue, taskId, stepName);
    const wake = stored ? parseWakeTime(stored.state, stepName) : wakeTime(input, now);
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

/** The engine's time: the database's clock, unless the session overrides it with `absurd.fake_now`. */
export async function getCurrentTime(db: Queryable): Promise<Date> {
  const [row] = await call<{ now: string }>(
    db,
    "select extract(epoch from absurd.current_time())::text as now",
  );
  return decodeDate(row?.now ?? "");
}

function wakeTime(input: SleepInput, now: Date): Date {
  // Rounded up, so that the run never wakes early.
  return "until" in input ? input.until : new Date(now.getTime() + Math.ceil(input.seconds * 1000));
}

function parseWakeTime(state: unknown, stepName: string): Date {
  const time = new Date(typeof state === "string" ? state : Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError(`Step "${stepName}" doesn't hold the end of a sleep.`);
  return time;
}
