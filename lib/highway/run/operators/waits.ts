import { awaitEvent } from "../../../absurd/events/events.ts";
import { previewEmit } from "../../../absurd/events/preview.ts";
import { scheduleRun } from "../../../absurd/runs/runs.ts";
import { getTaskResult } from "../../../absurd/tasks/tasks.ts";
import type { Uuid } from "../../../model/ids.ts";
import type { Json } from "../../../model/json.ts";
import { findEnding, LOOK_FOR_END_MS, RunEnded } from "../ending.ts";
import { type Blocked, NO_NAMES, type PartEnd, toFailure, type Wait } from "../outcome.ts";
import type { Run } from "../run.ts";

type EventWait = Extract<Wait, { kind: "event" }>;

/**
 * A sleeping run is woken by one event only; with more of them it wakes at this interval to poll for the others.
 */
const LOOK_AGAIN_MS = 5_000;

/** A part that died emits nothing, so its task is checked at this interval. */
const CHECK_PART_MS = 60_000;

/** The engine's limit of a timeout, an `integer`. */
const MAX_SECONDS = 2 ** 31 - 1;

/**
 * Executes a part of a workflow until it can only wait, and again after each wait that is over, until it ends or
 * has to sleep.
 *
 * @returns the end, or `undefined` if the run was put to sleep.
 */
export async function interpret<End extends { state: string }>(
  run: Run,
  work: () => Promise<End | Blocked>,
): Promise<Exclude<End, Blocked> | undefined> {
  for (;;) {
    run.signal.throwIfAborted();
    const ending = await findEnding(run);
    if (ending) throw new RunEnded(ending);
    const end = await untilAborted(run.signal, work());
    if (!isBlocked(end)) return end as Exclude<End, Blocked>;
    if (!(await resolveWaits(run, end.waits))) return undefined;
  }
}

/** A function may ignore the signal and keep running; its value is dropped. @throws the reason of the signal. */
async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<"aborted">((resolve) => {
    abort = () => setImmediate(resolve, "aborted");
    signal.addEventListener("abort", abort);
  });
  // Abandoned once the run has ended, so its rejection needs a handler.
  work.catch(() => {});
  try {
    // A scope that terminates the run aborts everything else and ends at once: its end takes precedence over the
    // signal's.
    const first = await Promise.race([work.then((value) => ({ value })), aborted]);
    if (first === "aborted") throw signal.reason;
    return first.value;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function isBlocked(end: { state: string }): end is Blocked {
  return end.state === "blocked";
}

/**
 * Records events and timeouts that have occurred, or else puts the run to sleep until the first wait can be over.
 *
 * @returns whether something can continue now; if not, the run sleeps and must not be executed further.
 */
async function resolveWaits(run: Run, waits: readonly Wait[]): Promise<boolean> {
  const { db, queue, taskId, runId } = run.journal.execution;
  run.now = await run.readClock();
  run.replay.records.now = run.now.getTime();
  const timers = waits.flatMap((wait) => (wait.kind === "timer" ? wait.at : []));
  if (timers.some((at) => at <= run.now)) return true;
  const events = withoutRepetitions(waits.flatMap((wait) => (wait.kind === "event" ? wait : [])));
  const [first, ...others] = events;
  if (!first) {
    const wakeAt = new Date(Math.min(...timers.map(Number), ...endBounds(run)));
    await scheduleRun(db, queue, runId, wakeAt);
    return false;
  }
  let progress = false;
  for (const wait of events) progress = (await resolve(run, wait, wait !== first)) || progress;
  if (progress) return true;
  const bounds = [
    ...timers.map(Number),
    ...events.flatMap(({ deadline }) => (deadline ? Number(deadline) : [])),
    ...(others.length > 0 ? [run.now.getTime() + LOOK_AGAIN_MS] : []),
    ...endBounds(run),
    ...(first.child !== undefined ? [run.now.getTime() + CHECK_PART_MS] : []),
  ];
  const bound = Math.min(...bounds);
  const isOwn = bounds.length === 0 || bound === Number(first.deadline ?? Number.NaN);
  const timeoutSeconds =
    bounds.length === 0
      ? null
      : clamp(Math.ceil((bound - run.now.getTime()) / 1000), 0, MAX_SECONDS);
  const { event: eventName, step: stepName } = first;
  const input = { taskId, runId, stepName, eventName, timeoutSeconds };
  const outcome = await awaitEvent(db, queue, input);
  if (outcome.status === "suspended") return false;
  if (outcome.status === "received") run.journal.remember({ [stepName]: outcome.payload });
  // The engine decides that the time is over, not the clock: a person may have moved the wake time in the
  // dashboard.
  else if (isOwn) await run.journal.put({ [first.timedOut]: true });
  return true;
}

/** When the run must wake to check whether it has ended. */
function endBounds({ deadline, mayBeTerminated, now }: Run): number[] {
  return [
    ...(deadline ? [deadline.getTime()] : []),
    ...(mayBeTerminated ? [now.getTime() + LOOK_FOR_END_MS] : []),
  ];
}

/** Records an event that was emitted, a time that is over, or a part that died. */
async function resolve(run: Run, wait: EventWait, peek: boolean): Promise<boolean> {
  const { db, queue, taskId, runId } = run.journal.execution;
  if (peek || wait.deadline !== null || wait.child !== undefined) {
    const { emittedAt } = await previewEmit(db, queue, wait.event, { limit: 1 });
    if (emittedAt !== null) {
      const input = { taskId, runId, stepName: wait.step, eventName: wait.event };
      const outcome = await awaitEvent(db, queue, input);
      if (outcome.status === "received") run.journal.remember({ [wait.step]: outcome.payload });
      return true;
    }
  }
  if (wait.deadline !== null && wait.deadline <= run.now) {
    await run.journal.put({ [wait.timedOut]: true });
    return true;
  }
  return wait.child !== undefined && resolveDeadPart(run, wait, wait.child);
}

async function resolveDeadPart(run: Run, wait: EventWait, child: Uuid): Promise<boolean> {
  const { db, queue } = run.journal.execution;
  const result = await getTaskResult(db, queue, child);
  const isDead = result === null || result.state === "failed" || result.state === "cancelled";
  if (!isDead) return false;
  const reason = result?.state === "failed" ? toFailure(describe(result.failure)) : undefined;
  const message = reason?.message ?? `Its task ${result === null ? "is gone" : "was cancelled"}.`;
  const error = { type: reason?.type ?? "Cancelled", message };
  const end: PartEnd = {
    status: result?.state === "failed" ? "failed" : "cancelled",
    error,
    states: {},
    names: NO_NAMES,
  };
  await run.journal.put({ [wait.step]: end as unknown as Json });
  return true;
}

function describe(failure: unknown): unknown {
  if (typeof failure !== "object" || failure === null) return failure;
  const { name, message } = failure as { name?: unknown; message?: unknown };
  return { type: String(name ?? "Error"), message: String(message ?? "no message") };
}

function withoutRepetitions(waits: EventWait[]): EventWait[] {
  return [...new Map(waits.map((wait) => [wait.step, wait])).values()];
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
