import type { Queryable } from "@/lib/absurd/connection/queryable";
import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";
import { findDatabaseProblem, isTransient } from "@/lib/model/sqlstate";
import { collectNext } from "./collect";
import { type BulkJob, endJob, listOpenJobs } from "./job";
import { performNext } from "./perform-next";
import type { TaskAddress } from "./selection";

/** How often the open operations are listed while there is work, in milliseconds. */
const LOOK = 500;

/** Attempts at a task that meets a transient error, and the pause between them in milliseconds. */
const TRIES = 4;
const PAUSE = 250;

/** This process's state of an operation. Losing it costs nothing. */
type Lane = { job: BulkJob; last: TaskAddress | null; due: number; failures: number };

/**
 * Works until no operation is open or `stop` aborts. Operations take turns task by task, each at its own rate, so a small
 * one does not wait for a large one.
 *
 * @throws errors of the connection; unfinished operations stay open.
 */
export async function workThrough(db: Queryable, stop: AbortSignal): Promise<void> {
  const lanes = new Map<Uuid, Lane>();
  for (let looked = Number.NEGATIVE_INFINITY; !stop.aborted; ) {
    if (performance.now() - looked > LOOK || lanes.size === 0) {
      await refresh(db, lanes);
      looked = performance.now();
      if (lanes.size === 0) return;
    }
    for (const lane of [...lanes.values()])
      if (lane.due <= performance.now() && !stop.aborted && !(await step(db, lane)))
        lanes.delete(lane.job.bulkId);
    const next = Math.min(...[...lanes.values()].map((lane) => lane.due));
    const wait = Math.min(next - performance.now(), LOOK);
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

/** Spreads tasks evenly; a pause is not made up for. */
function pace(lane: Lane): void {
  const now = performance.now();
  if (lane.job.perSecond === null) return;
  const gap = 1_000 / lane.job.perSecond;
  lane.due = Math.max(lane.due + gap, now - 10 * gap);
}

async function recover(db: Queryable, lane: Lane, error: unknown): Promise<boolean> {
  const { job } = lane;
  const slow = error instanceof ProblemError && error.code === "timed_out";
  if ((isTransient(error) || slow) && ++lane.failures < TRIES) {
    lane.due = performance.now() + PAUSE * lane.failures;
    return true;
  }
  if (isTransient(error) && job.state === "running") {
    const message = findDatabaseProblem(error, "write")?.message ?? "";
    const step = await performNext(db, job.bulkId, lane.last, {
      outcome: "failed",
      code: "timed_out",
      message: `${message} Tried ${TRIES} times.`,
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

/** Whether another attempt would fail in the same way. */
function isFinal(error: unknown): error is ProblemError {
  return error instanceof ProblemError && error.code !== "database_unavailable";
}
