import { atomically } from "@/lib/absurd/connection/atomically";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { call } from "@/lib/absurd/connection/sql";
import { narrowTenants } from "@/lib/db/tenants";
import { ProblemError } from "@/lib/model/problem";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { whyNotEligible } from "./eligibility";
import { addItems, type BulkJob, lockOpenJob } from "./job";
import { type Batch, readMatching } from "./matching-tasks";
import { parseFilters } from "./selection";

/**
 * Collects the next tasks of an operation with filters. The cursor is stored in the same transaction, so a crash neither
 * loses nor repeats a task. After the last task the operation is `running`.
 *
 * @throws ProblemError `bad_request` for stored filters of another version, and what the task list throws.
 */
export async function collectNext(db: Queryable, job: BulkJob): Promise<void> {
  const filters = parseFilters(job.filters ?? "");
  if (!filters)
    throw new ProblemError({
      code: "bad_request",
      message: "The stored filters were written by an incompatible version of the dashboard.",
    });
  const batch = await readBatch(filters, job);
  const eligible = batch.rows.filter(
    (task) => whyNotEligible(job.action, task, batch.now) === null,
  );
  await atomically(db, async (tx) => {
    const now = await lockOpenJob(tx, job.bulkId);
    if (now?.state !== "collecting" || now.cursor !== job.cursor) return;
    await addItems(tx, job.bulkId, eligible);
    await call(
      tx,
      `update absurd_dashboard.bulk_job set cursor = $2, state = $3 where bulk_id = $1`,
      [job.bulkId, batch.next, batch.next === null ? "running" : "collecting"],
    );
  });
}

/** Also a dashboard that may act for all tenants collects only what the one that began the operation would. */
async function readBatch(filters: TaskFilters, { cursor, tenants }: BulkJob): Promise<Batch> {
  const wanted = narrowTenants(tenants, filters.tenant);
  // No tenant at all would mean any.
  if (wanted?.length === 0) return { rows: [], next: null, now: "" };
  return readMatching({ ...filters, tenant: [...(wanted ?? [])] }, cursor);
}
