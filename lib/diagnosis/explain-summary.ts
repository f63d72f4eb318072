import { type Iso, toMs } from "@/lib/model/instants";
import { isInterpreterTask } from "@/lib/model/interpreter";
import type { RunSummary, TaskSummary } from "@/lib/model/task";
import {
  age,
  code,
  countdown,
  duration,
  type Part,
  sentence,
  strong,
  type Tone,
} from "./sentence.ts";

/** The "Why" of one row of a task list. */
export type Explanation = { parts: Part[]; tone: Tone };

/** A run that has been ready for this long without a claim gets a warning. In milliseconds. */
export const LONG_WAIT_MS = 60_000;

/**
 * Explains a task's state in a few words, from its list row alone. `now` is the database's clock, `readAt` the
 * time when the row was read. Ages and remaining times keep running after that, but whether a lease has expired or
 * a due time has passed is decided as of the reading, because the row may have changed at that instant.
 *
 * A list row has no checkpoints, policies or waits: a durable sleep and a task deferred by its worker look the
 * same here, and overdue policies do not show. `diagnose` distinguishes them on the task page.
 */
export function explainSummary(task: TaskSummary, now: Iso, readAt: Iso = now): Explanation {
  const run = task.run;
  if (!run) return warn(sentence`no attempts recorded`);
  const clock = { readAt: toMs(readAt), now: Math.max(toMs(now), toMs(readAt)) };
  switch (task.state) {
    case "completed":
      return { parts: ended(task), tone: "plain" };
    case "failed":
      return failed(task, run);
    case "cancelled":
      return cancelled(task, run);
    default:
      return active(task, run, clock);
  }
}

/** When the row was read, and the clock that ages are counted to; milliseconds. */
type Clock = { readAt: number; now: number };

function active(task: TaskSummary, run: RunSummary, clock: Clock): Explanation {
  switch (run.state) {
    case "running":
      return running(run, clock);
    case "pending":
      return ready(pendingSubject(task, run), run, clock);
    case "sleeping":
      return sleeping(task, run, clock);
    default:
      return warn(sentence`task is ${task.state}, last attempt is ${run.state}`);
  }
}

function running(run: RunSummary, { readAt, now }: Clock): Explanation {
  const since = run.startedAt
    ? sentence`running ${age(now - toMs(run.startedAt))}`
    : sentence`running`;
  if (!run.claimExpiresAt) return warn(sentence`${since} · no lease`);
  const end = toMs(run.claimExpiresAt);
  return end > readAt
    ? plain(sentence`${since} · lease ${countdown(Math.max(end - now, 0))}`)
    : warn(sentence`lease expired ${age(now - end)} ago`);
}

function sleeping(task: TaskSummary, run: RunSummary, clock: Clock): Explanation {
  const due = run.availableAt === "infinity" ? Infinity : toMs(run.availableAt);
  const isAhead = due > clock.readAt;
  const left = due > clock.now ? sentence`in ${age(due - clock.now)}` : sentence`now`;
  if (run.wakeEvent) {
    const waiting = sentence`waiting for ${code(run.wakeEvent)}`;
    if (due === Infinity) return plain(sentence`${waiting} · no timeout`);
    if (isInterpreterTask(task))
      return isAhead ? plain(waiting) : ready(sentence`${waiting} · ready`, run, clock);
    if (isAhead) return plain(sentence`${waiting} · times out ${left}`);
    return ready(sentence`timed out waiting for ${code(run.wakeEvent)} · ready`, run, clock);
  }
  if (!run.startedAt) {
    const retry = sentence`retry ${attemptNumber(task)}`;
    if (due === Infinity) return warn(sentence`${retry}, no due time`);
    return isAhead
      ? plain(sentence`${retry} ${left}`)
      : ready(sentence`${retry} ready`, run, clock);
  }
  if (due === Infinity) return warn(sentence`sleeping, no wake time`);
  if (isAhead) return plain(sentence`sleeping, wakes ${left}`);
  const tone = clock.readAt - due >= LONG_WAIT_MS ? warn : plain;
  return tone(sentence`overdue to wake by ${age(clock.now - due)}`);
}

function pendingSubject(task: TaskSummary, run: RunSummary): Part[] {
  if (run.startedAt) return sentence`woken · ready`;
  return task.attempts > 1 ? sentence`retry ${attemptNumber(task)} ready` : sentence`ready`;
}

/** `subject` ends in "ready". */
function ready(subject: Part[], run: RunSummary, { readAt, now }: Clock): Explanation {
  if (run.availableAt === "infinity") return warn(sentence`no due time`);
  const due = toMs(run.availableAt);
  const parts = sentence`${subject} for ${age(now - due)}`;
  return readAt - due >= LONG_WAIT_MS ? warn(parts) : plain(parts);
}

function failed(task: TaskSummary, run: RunSummary): Explanation {
  const left = task.maxAttempts === null || task.attempts < task.maxAttempts;
  return {
    parts: left ? sentence`${error(run)} · not retried, attempts left` : error(run),
    tone: "bad",
  };
}

function cancelled(task: TaskSummary, run: RunSummary): Explanation {
  // Only the engine's check of max_duration before a retry leaves a failed run under a cancelled task.
  if (run.state === "failed")
    return { parts: sentence`max_duration reached after ${error(run)}`, tone: "bad" };
  return plain(task.firstStartedAt ? sentence`cancelled` : sentence`cancelled before it started`);
}

function ended(task: TaskSummary): Part[] {
  const attempts = task.attempts > 1 ? sentence` · ${task.attempts} attempts` : [];
  if (!task.endedAt) return sentence`completed${attempts}`;
  return sentence`${duration(toMs(task.endedAt) - toMs(task.enqueuedAt))} after it was spawned${attempts}`;
}

function error(run: RunSummary): Part[] {
  if (run.errorName === "$ClaimTimeout" && run.claimedBy)
    return sentence`lease of ${code(run.claimedBy)} expired`;
  if (run.errorName === null && run.errorMessage === null) return sentence`failed without an error`;
  const text = [run.errorName?.trim(), run.errorMessage?.trim()].filter(Boolean).join(": ");
  return text ? [code(text)] : sentence`failed with an error without a message`;
}

function attemptNumber(task: TaskSummary): Part {
  return strong(
    task.maxAttempts === null ? `${task.attempts}` : `${task.attempts} of ${task.maxAttempts}`,
  );
}

const plain = (parts: Part[]): Explanation => ({ parts, tone: "plain" });
const warn = (parts: Part[]): Explanation => ({ parts, tone: "warning" });
