import type { Iso } from "@/lib/model/instants";
import type { TaskState } from "@/lib/model/states";
import type { Checkpoint, Run, TaskDetail } from "@/lib/model/task";
import { buildLane } from "./build-lane.ts";
import { type Timeline, toMs } from "./model.ts";
import { projectRetries } from "./project-retries.ts";
import { currentRun } from "./standing.ts";

/**
 * Reconstructs what happened to a task from the rows the engine keeps, one lane an attempt, in order. Nothing is
 * invented: what is not recorded is `inferred`, or `unknown` where nothing can be told.
 *
 * `now` is the engine's clock; past the snapshot's own it only moves the open ends. Within a lane the spans follow each
 * other without gap or overlap, and lanes stay within the task's life. Pure, linear in rows.
 */
export function buildTimeline(detail: TaskDetail, now: Iso = detail.now): Timeline {
  const { task, runs } = detail;
  const clock = Math.max(toMs(now), toMs(detail.now));
  const owned = groupByOwner(detail.checkpoints);
  const from = Math.min(toMs(task.enqueuedAt), ...runs.map(readStart));
  const lanes = runs.map((run) => {
    const start = run.attempt === 1 ? from : readStart(run);
    const end = Math.max(start, readEnd(detail, run) ?? clock);
    return buildLane(detail, run, owned.get(run.runId) ?? [], { from: start, to: end });
  });
  const active = task.state === "pending" || task.state === "running" || task.state === "sleeping";
  const last = Math.max(from, ...lanes.map((lane) => lane.to));
  return {
    from,
    to: active ? Math.max(clock, last) : last,
    now: clock,
    active,
    lanes,
    projection: active ? projectFrom(detail, clock) : null,
  };
}

function projectFrom(detail: TaskDetail, clock: number) {
  const run = currentRun(detail);
  if (!run) return null;
  // An attempt that has not begun can fail at the earliest when it is due.
  const due = run.state === "running" ? clock : Math.max(clock, toMs(run.availableAt));
  return projectRetries(detail.task, run.attempt, Number.isFinite(due) ? due : clock);
}

/**
 * Since when a run was there. A claim reads the clock before it looks for runs: one that finds a run written just then
 * can bear an instant a little before `created_at`.
 */
function readStart({ createdAt, startedAt }: Run): number {
  return Math.min(toMs(createdAt), toMs(startedAt ?? createdAt));
}

function readEnd(detail: TaskDetail, run: Run): number | null {
  const ends: Partial<Record<TaskState, Iso | null>> = {
    completed: run.completedAt,
    failed: run.failedAt,
    cancelled: detail.task.cancelledAt,
  };
  const end = ends[run.state];
  return end ? toMs(end) : null;
}

function groupByOwner(checkpoints: Checkpoint[]): Map<string, Checkpoint[]> {
  const owned = new Map<string, Checkpoint[]>();
  for (const checkpoint of checkpoints) {
    if (checkpoint.ownerRunId === null) continue;
    const rows = owned.get(checkpoint.ownerRunId);
    if (rows) rows.push(checkpoint);
    else owned.set(checkpoint.ownerRunId, [checkpoint]);
  }
  return owned;
}
