import { type Iso, toMs } from "@/lib/model/instants";
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

/** A run that has been ready for this long without a claim gets a warning. */
export const LONG_WAIT_MS = 60_000;

/**
 * Explains a task's state in a few words, from its list row alone. `now` is the database's clock.
 *
 * A list row has no checkpoints, policies or waits: a durable sleep and a task deferred by its worker look the same here,
 * and overdue policies do not show. `diagnose` distinguishes them on the task page.
 */
export function explainSummary(task: TaskSummary, now: Iso): Explanation {
  const run = task.run;
  if (!run) return warn(sentence`no attempts recorded`);
  const at = toMs(now);
  switch (task.state) {
    case "completed":
      return { parts: ended(task), tone: "plain" };
    case "failed":
      return failed(task, run);
    case "cancelled":
      return cancelled(task, run);
    default:
      return active(task, run, at);
  }
}

function active(task: TaskSummary, run: RunSummary, now: number): Explanation {
  switch (run.state) {
    case "running":
      return running(run, now);
    case "pending":
      return ready(pendingSubject(task, run), run, now);
    case "sleeping":
      return sleeping(task, run, now);
    default:
      return warn(sentence`task is ${task.state}, last attempt is ${run.state}`);
  }
}

function running(run: RunSummary, now: number): Explanation {
  const since = run.startedAt
    ? sentence`running ${age(now - toMs(run.startedAt))}`
    : sentence`running`;
  if (!run.claimExpiresAt) return warn(sentence`${since} · no lease`);
  const left = toMs(run.claimExpiresAt) - now;
  return left > 0
    ? plain(sentence`${since} · lease ${countdown(left)}`)
    : warn(sentence`lease expired ${age(-left)} ago`);
}

function sleeping(task: TaskSummary, run: RunSummary, now: number): Explanation {
  const left = run.availableAt === "infinity" ? Infinity : toMs(run.availableAt) - now;
  if (run.wakeEvent) {
    const waiting = sentence`waiting for ${code(run.wakeEvent)}`;
    if (left === Infinity) return plain(sentence`${waiting} · no timeout`);
    if (left > 0) return plain(sentence`${waiting} · times out in ${age(left)}`);
    return ready(sentence`timed out waiting for ${code(run.wakeEvent)} · ready`, run, now);
  }
  if (!run.startedAt) {
    const retry = sentence`retry ${attemptNumber(task)}`;
    if (left === Infinity) return warn(sentence`${retry}, no due time`);
    return left > 0
      ? plain(sentence`${retry} in ${age(left)}`)
      : ready(sentence`${retry} ready`, run, now);
  }
  if (left === Infinity) return warn(sentence`sleeping, no wake time`);
  if (left > 0) return plain(sentence`sleeping, wakes in ${age(left)}`);
  return (left <= -LONG_WAIT_MS ? warn : plain)(sentence`overdue to wake by ${age(-left)}`);
}

function pendingSubject(task: TaskSummary, run: RunSummary): Part[] {
  if (run.startedAt) return sentence`woken · ready`;
  return task.attempts > 1 ? sentence`retry ${attemptNumber(task)} ready` : sentence`ready`;
}

/** `subject` ends in "ready". */
function ready(subject: Part[], run: RunSummary, now: number): Explanation {
  if (run.availableAt === "infinity") return warn(sentence`no due time`);
  const waited = now - toMs(run.availableAt);
  const parts = sentence`${subject} for ${age(waited)}`;
  return waited >= LONG_WAIT_MS ? warn(parts) : plain(parts);
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
  return sentence`took ${duration(toMs(task.endedAt) - toMs(task.enqueuedAt))}${attempts}`;
}

function error(run: RunSummary): Part[] {
  if (run.errorName === "$ClaimTimeout" && run.claimedBy)
    return sentence`lease of ${code(run.claimedBy)} expired`;
  const text = [run.errorName, run.errorMessage].filter(Boolean).join(": ");
  return text ? [code(text)] : sentence`failed without an error`;
}

function attemptNumber(task: TaskSummary): Part {
  return strong(
    task.maxAttempts === null ? `${task.attempts}` : `${task.attempts} of ${task.maxAttempts}`,
  );
}

const plain = (parts: Part[]): Explanation => ({ parts, tone: "plain" });
const warn = (parts: Part[]): Explanation => ({ parts, tone: "warning" });
