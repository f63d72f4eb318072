import { awaitEvent } from "../../absurd/events.ts";
import { previewEmit } from "../../absurd/preview.ts";
import { scheduleRun } from "../../absurd/runs.ts";
import { getTaskResult } from "../../absurd/tasks.ts";
import type { Uuid } from "../../model/ids.ts";
import type { PartEnd } from "./children.ts";
import { toFailure, type Wait } from "./outcome.ts";
import type { Run } from "./run.ts";

type EventWait = Extract<Wait, { kind: "event" }>;

/** A sleeping run hears of one event only. Beside others it looks after those it cannot hear of this often. */
const LOOK_AGAIN_MS = 5_000;

/** A part that died emits nothing; this often its task is looked at. */
const CHECK_PART_MS = 60_000;

/**
 * Makes something of waits: records what has come or is over, or else puts the run to sleep until the first of them
 * can be.
 *
 * @returns whether something can go on now; if not the run sleeps, and must not be executed further.
 */
export async function resolveWaits(run: Run, waits: readonly Wait[]): Promise<boolean> {
  const { db, queue, taskId, runId } = run.journal.execution;
  run.now = await run.readClock();
  const timers = waits.flatMap((wait) => (wait.kind === "timer" ? wait.at : []));
  if (timers.some((at) => at <= run.now)) return true;
  const events = withoutRepetitions(waits.flatMap((wait) => (wait.kind === "event" ? wait : [])));
  const [first, ...others] = events;
  if (!first) {
    const wakeAt = new Date(Math.min(...timers.map(Number)));
    await scheduleRun(db, queue, runId, wakeAt);
    return false;
  }
  let progress = false;
  for (const wait of events) progress = (await settle(run, wait, wait !== first)) || progress;
  if (progress) return true;
  const bounds = [
    ...timers.map(Number),
    ...events.flatMap(({ deadline }) => (deadline ? Number(deadline) : [])),
    ...(others.length > 0 ? [run.now.getTime() + LOOK_AGAIN_MS] : []),
    ...(first.child !== undefined ? [run.now.getTime() + CHECK_PART_MS] : []),
  ];
  const bound = Math.min(...bounds);
  const isOwn = bounds.length === 0 || bound === Number(first.deadline ?? Number.NaN);
  const timeoutSeconds =
    bounds.length === 0 ? null : Math.max(0, Math.ceil((bound - run.now.getTime()) / 1000));
  const { event: eventName, step: stepName } = first;
  const input = { taskId, runId, stepName, eventName, timeoutSeconds };
  const outcome = await awaitEvent(db, queue, input);
  if (outcome.status === "suspended") return false;
  if (outcome.status === "received") run.journal.remember({ [stepName]: outcome.payload });
  // The engine says that the time is over: an operator may have moved its end, so the clock is not asked again.
  else if (isOwn) await run.journal.put({ [first.timedOut]: true });
  return true;
}

/** Records an event that was emitted, a time that is over, or a part that died. */
async function settle(run: Run, wait: EventWait, peek: boolean): Promise<boolean> {
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
  return wait.child !== undefined && settleDeadPart(run, wait, wait.child);
}

async function settleDeadPart(run: Run, wait: EventWait, child: Uuid): Promise<boolean> {
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
    names: { results: {}, tasks: {} },
  };
  await run.journal.put({ [wait.step]: end });
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
