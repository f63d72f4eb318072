import type { Queryable } from "@/lib/absurd/connection/queryable";
import { runAs } from "@/lib/db/viewer";
import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";
import { findDatabaseProblem, isTransient } from "@/lib/model/sqlstate";
import type { ItemResult } from "./act";
import { type BulkJob, endJob, listOpenJobs } from "./job";
import { MAX_BATCH, performBatch } from "./perform-batch";
import { collectNext } from "./selected-tasks";
import type { TaskAddress } from "./selection";

/** How often the open operations are listed while there is work, in milliseconds. */
const REFRESH_MS = 500;

/**
 * Attempts for a transient error, and the delay before the first retry; each later one waits longer by the same
 * amount.
 */
const MAX_TRIES = 4;
const RETRY_DELAY_MS = 250;

/**
 * Delay after a batch whose tasks were all held by other transactions, and how long to continue, in milliseconds.
 */
const HELD_DELAY_MS = 100;
const MAX_HELD_MS = 20_000;

const HELD: ItemResult = {
  outcome: "failed",
  code: "timed_out",
  message: "Another transaction holds a lock on this task. Tried for 20 s.",
};

/** This process's progress with an operation. It is not stored: a restart starts at the first open task. */
type Lane = {
  job: BulkJob;
  last: TaskAddress | null;
  due: number;
  failures: number;
  /** Number of tasks to act on one by one, after a batch of them failed. */
  single: number;
  /** Since when others have held all tasks of each batch; `null` if the last batch settled one. */
  heldSince: number | null;
};

/**
 * Works on all open operations until none is left or `stop` aborts. They take turns batch by batch, each at its
 * own rate, so a small one does not wait for a large one.
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
    else
      lanes.set(job.bulkId, {
        ...{ job, last: null, failures: 0, single: 0, heldSince: null },
        due: performance.now() + job.dueInMs,
      });
  }
}

/** One step of an operation, for the person who started it. Returns whether it can take another step. */
function step(db: Queryable, lane: Lane): Promise<boolean> {
  return runAs(lane.job.viewer, () => stepAsViewer(db, lane));
}

async function stepAsViewer(db: Queryable, lane: Lane): Promise<boolean> {
  const { job } = lane;
  try {
    if (job.state === "collecting") {
      await collectNext(db, job);
      lane.failures = 0;
      // The next refresh loads the new cursor.
      return false;
    }
    const size = lane.single > 0 ? 1 : getBatchSize(job.perSecond);
    const isHeld = lane.heldSince !== null && performance.now() - lane.heldSince > MAX_HELD_MS;
    const batch = await performBatch(
      db,
      job.bulkId,
      lane.last,
      size,
      isHeld ? { on: "held", result: HELD } : undefined,
    );
    if (batch === "finished") return false;
    lane.due = performance.now() + batch.waitMs;
    if ("last" in batch) {
      lane.last = batch.last;
      lane.failures = 0;
      lane.single = Math.max(0, lane.single - 1);
      waitForHolders(lane, batch.settled);
    }
    return true;
  } catch (error) {
    return recover(db, lane, error);
  }
}

/** Tasks per transaction: a tenth of a second's worth, so that a rate is even. */
function getBatchSize(perSecond: number | null): number {
  return Math.max(1, Math.min(MAX_BATCH, Math.floor((perSecond ?? Number.POSITIVE_INFINITY) / 10)));
}

/** A batch that settled nothing waits for the transactions that hold its tasks. */
function waitForHolders(lane: Lane, settled: number): void {
  if (settled > 0) {
    lane.heldSince = null;
    return;
  }
  const now = performance.now();
  lane.heldSince ??= now;
  lane.due = now + HELD_DELAY_MS;
}

async function recover(db: Queryable, lane: Lane, error: unknown): Promise<boolean> {
  const { job } = lane;
  const isTimeout = error instanceof ProblemError && error.code === "timed_out";
  if ((isTransient(error) || isTimeout) && ++lane.failures < MAX_TRIES) {
    lane.due = performance.now() + RETRY_DELAY_MS * lane.failures;
    // One of them may be the cause: the others should not wait for it.
    lane.single = MAX_BATCH;
    return true;
  }
  if (isTransient(error) && job.state === "running") {
    const message = findDatabaseProblem(error, "write")?.message ?? "";
    const result: ItemResult = {
      outcome: "failed",
      code: "timed_out",
      message: `${message} Tried ${MAX_TRIES} times.`,
    };
    const batch = await performBatch(db, job.bulkId, lane.last, 1, { on: "all", result });
    if (batch === "finished") return false;
    lane.due = performance.now() + batch.waitMs;
    if ("last" in batch) {
      lane.last = batch.last;
      lane.failures = 0;
    }
    return true;
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
