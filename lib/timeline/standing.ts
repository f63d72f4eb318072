import type { Checkpoint, Run, TaskDetail } from "@/lib/model/task";
import { toMs } from "./model.ts";
import { readInstant } from "./read-json.ts";

/**
 * What the attempt at hand is doing, from its row. Instants in milliseconds; `due` may be `Infinity`.
 *
 * - `queued`, `retry`: pending and never claimed, as first or later attempt.
 * - `woken`: pending after an event woke it. `event-wait`: sleeping for an event; once `due` has passed it timed out.
 * - `backoff`: sleeping, never claimed. `sleep`: a durable sleep. `put-back`: scheduled by a worker without a step,
 *   `deferral` when the delay is the one SDKs use for a task name they do not know.
 */
export type Standing =
  | { kind: "queued" | "retry" | "woken" | "backoff"; due: number }
  | { kind: "event-wait"; event: string; due: number }
  | { kind: "sleep"; step: string; due: number }
  | { kind: "put-back"; due: number; deferral: boolean }
  | { kind: "running"; leaseEnd: number | null };

/** How far the clock of a worker may be from the database's before its sleep is taken for something else. */
export const CLOCK_SKEW_MS = 10_000;

/** The standing of an active run; `null` for a terminal one. */
export function readStanding(run: Run, detail: TaskDetail): Standing | null {
  const due = toMs(run.availableAt);
  switch (run.state) {
    case "running":
      return { kind: "running", leaseEnd: run.claimExpiresAt ? toMs(run.claimExpiresAt) : null };
    case "pending":
      if (run.startedAt) return { kind: "woken", due };
      return { kind: run.attempt > 1 ? "retry" : "queued", due };
    case "sleeping":
      return readSuspension(run, detail);
    default:
      return null;
  }
}

/** What a run was suspended for, by the columns that also survive its cancellation. */
export function readSuspension(run: Run, detail: TaskDetail): Standing {
  const due = toMs(run.availableAt);
  if (run.wakeEvent) return { kind: "event-wait", event: run.wakeEvent, due };
  if (!run.startedAt) return { kind: "backoff", due };
  const last = detail.checkpoints.findLast((checkpoint) => checkpoint.ownerRunId === run.runId);
  if (last && isSleepUntil(last, run, due)) return { kind: "sleep", step: last.name, due };
  const delay = due - toMs(run.startedAt);
  // SDKs put a task whose name they do not know back for 15 to 30 seconds.
  return { kind: "put-back", due, deferral: delay >= 15_000 && delay < 31_000 };
}

/** A sleep's checkpoint holds its planned end, by the worker's clock, and nothing follows it in the same execution. */
function isSleepUntil(checkpoint: Checkpoint, run: Run, due: number): boolean {
  const until = readInstant(checkpoint.state);
  if (until === null) return false;
  if (Math.abs(until - due) <= CLOCK_SKEW_MS) return true;
  const justWritten = toMs(checkpoint.updatedAt) >= toMs(run.startedAt ?? run.createdAt);
  return justWritten && due !== Number.POSITIVE_INFINITY && until > toMs(checkpoint.updatedAt);
}

/** The attempt a task's state hangs on: its `lastAttemptRun`, else its highest attempt. */
export function currentRun(detail: TaskDetail): Run | null {
  const { runs, task } = detail;
  return runs.find((run) => run.runId === task.lastAttemptRun) ?? runs.at(-1) ?? null;
}
