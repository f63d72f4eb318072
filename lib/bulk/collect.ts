import { atomically } from "@/lib/absurd/connection/atomically";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { call } from "@/lib/absurd/connection/sql";
import { narrowTenants } from "@/lib/db/tenants";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { whyNotEligible } from "./eligibility";
import { addItems, type BulkJob, lockOpenJob } from "./job";
import { type Batch, readMatching } from "./matching-tasks";
import { parseFilters } from "./selection";

/** The stored filters say something that this version of the dashboard does not understand. */
export class UnreadableFiltersError extends Error {
  override readonly name = "UnreadableFiltersError";

  constructor() {
    super("Its filters were written by another version of the dashboard and cannot be read.");
  }
}

/**
 * Collects the next tasks of an operation that names a filter. How far it got is stored with them, so a crash neither
 * loses nor repeats any. After the last of them the operation is `running`.
 *
 * @throws UnreadableFiltersError, and ProblemError as the task list does.
 */
export async function collectNext(db: Queryable, job: BulkJob): Promise<void> {
  const filters = parseFilters(job.filters ?? "");
  if (!filters) throw new UnreadableFiltersError();
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
