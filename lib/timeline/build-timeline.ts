import { compareInstants, type Iso, toMs } from "@/lib/model/instants";
import { isActive, type TaskState } from "@/lib/model/states";
import type { Checkpoint, Run, TaskDetail } from "@/lib/model/task";
import { findCurrentRun } from "./activity.ts";
import { buildLane } from "./build-lane.ts";
import type { Timeline } from "./model.ts";
import { projectRetries } from "./retries.ts";

/**
 * Reconstructs what happened to a task from its rows, one lane per attempt, in order. What the engine did not
 * record is `inferred`, or `unknown` where nothing can be derived.
 *
 * Spans end no later than the reading (`detail.now`), because later activity is unknown. `now` is the database's
 * clock; a value later than the reading moves the now-line and shortens the planned time that is left. The spans
 * of a lane cover it without gap or overlap, and lanes lie within the task's lifetime. If earlier attempts were
 * not read, the timeline starts at the first one that was. Linear in rows.
 */
export function buildTimeline(stored: TaskDetail, now: Iso = stored.now): Timeline {
  const detail = makeFinite(stored);
  const { task, runs } = detail;
  const read = toMs(detail.now);
  const clock = Math.max(toMs(now), read);
  const owned = groupByOwner(detail.checkpoints);
  const known = runs.length > 0 && detail.truncated?.runs ? [] : [toMs(task.enqueuedAt)];
  const from = Math.min(...known, ...runs.map(findStart));
  const lanes = runs.map((run) => {
    const start = run.attempt === 1 ? from : findStart(run);
    const end = Math.max(start, findEnd(detail, run) ?? read);
    return buildLane(detail, run, owned.get(run.runId) ?? [], {
      from: start,
      to: end,
      now: clock,
    });
  });
  const active = isActive(task.state);
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

/**
 * The detail with drawable instants. A program that writes the engine's tables directly may store an infinity, or
 * a year that `Date` cannot hold, as the time of something that happened: it is drawn at the reading or at the
 * first known instant. Due times may be infinite.
 */
function makeFinite(detail: TaskDetail): TaskDetail {
  const { task, runs, checkpoints, waits, now } = detail;
  const known = [task, ...runs, ...checkpoints, ...waits].flatMap((row) =>
    Object.entries(row).flatMap(([name, value]) =>
      name.endsWith("At") && typeof value === "string" ? value : [],
    ),
  );
  const isDrawable = (at: Iso) => Number.isFinite(toMs(at));
  if (known.every(isDrawable)) return detail;
  const first = known.filter(isDrawable).sort(compareInstants)[0] ?? now;
  const happened = <At extends Iso | null>(at: At): At | Iso =>
    at === null || isDrawable(at) ? at : toMs(at) > 0 ? now : first;
  const due = <At extends Iso | null>(at: At): At | Iso =>
    at !== null && toMs(at) === Number.NEGATIVE_INFINITY ? first : at;
  return {
    ...detail,
    task: {
      ...task,
      enqueuedAt: happened(task.enqueuedAt),
      firstStartedAt: happened(task.firstStartedAt),
      cancelledAt: happened(task.cancelledAt),
    },
    runs: runs.map((run) => ({
      ...run,
      createdAt: happened(run.createdAt),
      startedAt: happened(run.startedAt),
      completedAt: happened(run.completedAt),
      failedAt: happened(run.failedAt),
      availableAt: due(run.availableAt),
      claimExpiresAt: due(run.claimExpiresAt),
    })),
    checkpoints: checkpoints.map((checkpoint) => ({
      ...checkpoint,
      updatedAt: happened(checkpoint.updatedAt),
    })),
    waits: waits.map((wait) => ({
      ...wait,
      createdAt: happened(wait.createdAt),
      timeoutAt: due(wait.timeoutAt),
    })),
  };
}

function projectFrom(detail: TaskDetail, clock: number) {
  const run = findCurrentRun(detail);
  if (!run) return null;
  // An attempt that has not started cannot fail before it is due.
  const due = run.state === "running" ? clock : Math.max(clock, toMs(run.availableAt));
  return projectRetries(detail.task, run.attempt, Number.isFinite(due) ? due : clock);
}

/**
 * The start of a run, in milliseconds. A claim reads the clock before it looks for runs, so `started_at` of a run that
 * was inserted just then can be slightly earlier than `created_at`.
 */
function findStart({ createdAt, startedAt }: Run): number {
  return Math.min(toMs(createdAt), toMs(startedAt ?? createdAt));
}

function findEnd(detail: TaskDetail, run: Run): number | null {
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
