import type { Iso } from "@/lib/model/instants";
import type { RunSummary, TaskSummary } from "@/lib/model/task";
import { code, countdown, duration, measured, type Part, say, strong, type Tone } from "./parts.ts";

/** The "Why" of one row of a task list. */
export type Explanation = { parts: Part[]; tone: Tone };

/** A claimable run that nobody has claimed for this long is worth a second look. */
export const LONG_WAIT_MS = 60_000;

/**
 * Says in a few words why a task is where it is, from its list row alone. `now` is the engine's clock.
 *
 * A list row carries no checkpoints, policies or waits, so a durable sleep and a task put back by its worker read the
 * same here, and overdue policies do not show; `diagnose` tells them apart on the task page.
 */
export function explainSummary(task: TaskSummary, now: Iso): Explanation {
  const run = task.run;
  if (!run) return warn(say`no attempt on record`);
  const at = Date.parse(now);
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
      return claimable(pendingWords(task, run), run, now);
    case "sleeping":
      return sleeping(task, run, now);
    default:
      return warn(say`its last attempt is ${run.state}, the task ${task.state}`);
  }
}

function running(run: RunSummary, now: number): Explanation {
  const since = run.startedAt
    ? say`running ${duration(now - Date.parse(run.startedAt))}`
    : say`running`;
  if (!run.claimExpiresAt) return warn(say`${since} · no lease`);
  const left = Date.parse(run.claimExpiresAt) - now;
  return left > 0
    ? plain(say`${since} · lease ${countdown(left)}`)
    : warn(say`lease expired ${duration(-left)} ago`);
}

function sleeping(task: TaskSummary, run: RunSummary, now: number): Explanation {
  const left = run.availableAt === "infinity" ? Infinity : Date.parse(run.availableAt) - now;
  if (run.wakeEvent) {
    const waiting = say`waiting for ${code(run.wakeEvent)}`;
    if (left === Infinity) return plain(say`${waiting} · ∞`);
    if (left > 0) return plain(say`${waiting} · times out in ${duration(left)}`);
    return claimable(say`timed out waiting for ${code(run.wakeEvent)}`, run, now);
  }
  const subject = run.startedAt ? say`asleep` : say`retry ${ofMax(task)}`;
  if (left === Infinity) return warn(say`${subject}, never due`);
  if (left <= 0) return claimable(subject, run, now);
  return plain(say`${subject}${run.startedAt ? ", due" : " due"} in ${duration(left)}`);
}

function pendingWords(task: TaskSummary, run: RunSummary): Part[] {
  if (run.startedAt) return say`woken`;
  return task.attempts > 1 ? say`retry ${ofMax(task)}` : say`queued`;
}

function claimable(subject: Part[], run: RunSummary, now: number): Explanation {
  if (run.availableAt === "infinity") return warn(say`${subject}, never due`);
  const waited = now - Date.parse(run.availableAt);
  const parts = say`${subject} · no worker for ${duration(waited)}`;
  return waited >= LONG_WAIT_MS ? warn(parts) : plain(parts);
}

function failed(task: TaskSummary, run: RunSummary): Explanation {
  const left = task.maxAttempts === null || task.attempts < task.maxAttempts;
  return { parts: left ? say`${error(run)} · retry strategy refused` : error(run), tone: "bad" };
}

function cancelled(task: TaskSummary, run: RunSummary): Explanation {
  // Only the engine's look ahead at max_duration leaves a failed run under a cancelled task.
  if (run.state === "failed") return { parts: say`out of time after ${error(run)}`, tone: "bad" };
  return plain(task.firstStartedAt ? say`cancelled` : say`cancelled before it started`);
}

function ended(task: TaskSummary): Part[] {
  const attempts = task.attempts > 1 ? say` · ${task.attempts} attempts` : [];
  if (!task.endedAt) return say`completed${attempts}`;
  return say`took ${measured(Date.parse(task.endedAt) - Date.parse(task.enqueuedAt))}${attempts}`;
}

function error(run: RunSummary): Part[] {
  if (run.errorName === "$ClaimTimeout" && run.claimedBy)
    return say`lease of ${code(run.claimedBy)} expired`;
  const text = [run.errorName, run.errorMessage].filter(Boolean).join(": ");
  return text ? [code(text)] : say`failed without an error`;
}

function ofMax(task: TaskSummary): Part {
  return strong(
    task.maxAttempts === null ? `${task.attempts}` : `${task.attempts} of ${task.maxAttempts}`,
  );
}

const plain = (parts: Part[]): Explanation => ({ parts, tone: "plain" });
const warn = (parts: Part[]): Explanation => ({ parts, tone: "warning" });
