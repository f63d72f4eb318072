import type { Queryable } from "@/lib/absurd/connection/queryable";
import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";
import { findDatabaseProblem, isTransient } from "@/lib/model/sqlstate";
import { type BulkJob, endJob, listOpenJobs } from "./job";
import { performNext } from "./perform-next";
import { collectNext } from "./selected-tasks";
import type { TaskAddress } from "./selection";

/** How often the open operations are listed while there is work, in milliseconds. */
const REFRESH_MS = 500;

/** Attempts for a transient error, and the delay before the first retry; each later one waits that much longer. */
const MAX_TRIES = 4;
const RETRY_DELAY_MS = 250;

/** This process's progress with an operation. It is not stored: a restart begins with the first open task. */
type Lane = { job: BulkJob; last: TaskAddress | null; due: number; failures: number };

/**
 * Works on all open operations until none is left or `stop` aborts. They take turns task by task, each at its own rate,
 * so a small one does not wait for a large one.
 *
 * @throws errors of the connection; unfinished operations stay open.
 */
export async function workThrough(db: Queryable, stop: AbortSignal): Promise<void> {
  const lanes = new Map<Uuid, Lane>();
  for (let refreshedAt = Number.NEGATIVE_INFINITY; !stop.aborted; ) {
    if (performance.now() - refreshedAt > REFRESH_MS || lanes.size === 0) {
      await refresh(db, lanes);
      refreshedAt = performance.now();
      if (lanes.size === 0) return;
    }
    for (const lane of [...lanes.values()])
      if (lane.due <= performance.now() && !stop.aborted && !(await step(db, lane)))
        lanes.delete(lane.job.bulkId);
    const next = Math.min(...[...lanes.values()].map((lane) => lane.due));
    const wait = Math.min(next - performance.now(), REFRESH_MS);
    if (lanes.size > 0 && wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function refresh(db: Queryable, lanes: Map<Uuid, Lane>): Promise<void> {
  const open = await listOpenJobs(db);
  for (const bulkId of lanes.keys())
    if (!open.some((job) => job.bulkId === bulkId)) lanes.delete(bulkId);
  for (const job of open) {
    const lane = lanes.get(job.bulkId);
    if (lane) lane.job = job;
    else lanes.set(job.bulkId, { job, last: null, due: 0, failures: 0 });
  }
}

/** One step of an operation. Returns whether it can take another. */
async function step(db: Queryable, lane: Lane): Promise<boolean> {
  const { job } = lane;
  try {
    if (job.state === "collecting") {
      await collectNext(db, job);
      lane.failures = 0;
      // The next refresh brings the new cursor.
      return false;
    }
    const outcome = await performNext(db, job.bulkId, lane.last);
    if (typeof outcome === "string") return false;
    lane.last = outcome.task;
    lane.failures = 0;
    pace(lane);
    return true;
  } catch (error) {
    return recover(db, lane, error);
  }
}

/** Spaces tasks evenly, and catches up on at most ten after a delay. */
function pace(lane: Lane): void {
  const now = performance.now();
  if (lane.job.perSecond === null) return;
  const gap = 1_000 / lane.job.perSecond;
  lane.due = Math.max(lane.due + gap, now - 10 * gap);
}

async function recover(db: Queryable, lane: Lane, error: unknown): Promise<boolean> {
  const { job } = lane;
  const isTimeout = error instanceof ProblemError && error.code === "timed_out";
  if ((isTransient(error) || isTimeout) && ++lane.failures < MAX_TRIES) {
    lane.due = performance.now() + RETRY_DELAY_MS * lane.failures;
    return true;
  }
  if (isTransient(error) && job.state === "running") {
    const message = findDatabaseProblem(error, "write")?.message ?? "";
    const step = await performNext(db, job.bulkId, lane.last, {
      outcome: "failed",
      code: "timed_out",
      message: `${message} Tried ${MAX_TRIES} times.`,
    });
    if (typeof step === "object") lane.last = step.task;
    lane.failures = 0;
    return typeof step === "object";
  }
  if (isFinal(error)) {
    await endJob(db, job.bulkId, "failed", error.message);
    return false;
  }
  throw error;
}

/** Whether a retry would fail the same way. */
function isFinal(error: unknown): error is ProblemError {
  return error instanceof ProblemError && error.code !== "database_unavailable";
}
