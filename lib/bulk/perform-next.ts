import { sql } from "drizzle-orm";
import { atomically } from "@/lib/absurd/connection/atomically";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { recordAudit } from "@/lib/audit/record";
import { dashboardTablesOfAllTenants } from "@/lib/db/dashboard-schema";
import { text, uuid } from "@/lib/db/decode";
import { execute, query } from "@/lib/db/query";
import type { BulkAction } from "@/lib/model/bulk";
import type { Uuid } from "@/lib/model/ids";
import { act, type ItemResult, toResult } from "./act";
import { type BulkJob, endJob, lockOpenJob } from "./job";
import type { TaskAddress } from "./selection";

const { bulkJobs, bulkItems } = dashboardTablesOfAllTenants;

/** The names of the actions on one task, so that the audit log has the same name for both. */
const AUDIT_NAMES: Record<BulkAction, string> = {
  cancel: "cancel task",
  retry: "retry task",
  "run-again": "run task again",
  "run-now": "reschedule run",
};

/** The result of a step: the task it acted on, `finished` if none was left, `over` if the operation had already ended. */
export type Step = { task: TaskAddress } | "finished" | "over";

/**
 * Acts on the operation's next open task after `after`. One transaction holds the engine call, the item's outcome, the
 * counts and the audit entry, so a crash leaves all of them or none. The operation's row is locked throughout: a second
 * runner waits, and an abort takes effect between tasks.
 *
 * @param giveUp the result to store instead of acting on the task.
 * @throws transient errors and errors of the connection, as `toResult` does; then nothing was changed.
 */
export function performNext(
  db: Queryable,
  bulkId: Uuid,
  after: TaskAddress | null,
  giveUp?: ItemResult,
): Promise<Step> {
  return atomically(db, async (tx) => {
    const job = await lockOpenJob(tx, bulkId);
    if (job?.state !== "running") return "over";
    const task =
      (await nextItem(tx, bulkId, after)) ?? (after && (await nextItem(tx, bulkId, null)));
    if (!task) {
      await endJob(tx, bulkId, "done");
      return "finished";
    }
    const result =
      giveUp ??
      (await atomically(tx, (savepoint) => act(savepoint, job.action, task, job)).catch(toResult));
    await settle(tx, job, task, result);
    return { task };
  });
}

async function nextItem(
  tx: Queryable,
  bulkId: Uuid,
  after: TaskAddress | null,
): Promise<TaskAddress | null> {
  // The index keeps entries of settled items until a vacuum; starting after the last item skips them.
  const { taskId, queue } = after ?? { taskId: "00000000-0000-0000-0000-000000000000", queue: "" };
  const [item] = await query(
    tx,
    { queue: text, taskId: uuid },
    sql`select queue, task_id as "taskId" from ${bulkItems}
         where bulk_id = ${bulkId} and outcome is null
           and (task_id, queue) > (${taskId}::uuid, ${queue}::text)
         order by task_id, queue limit 1`,
  );
  return item ?? null;
}

async function settle(
  tx: Queryable,
  job: BulkJob,
  { queue, taskId }: TaskAddress,
  result: ItemResult,
): Promise<void> {
  const { outcome } = result;
  const newTaskId = outcome === "done" ? (result.newTaskId ?? null) : null;
  const problem = outcome === "done" ? {} : { code: result.code, message: result.message };
  const count = (counted: ItemResult["outcome"]) => Number(outcome === counted);
  await execute(
    tx,
    sql`with settled as (
          update ${bulkItems}
             set outcome = ${outcome}, code = ${problem.code ?? null}, message = ${problem.message ?? null},
                 new_task_id = ${newTaskId}, at = clock_timestamp()
           where bulk_id = ${job.bulkId} and task_id = ${taskId} and queue = ${queue})
        update ${bulkJobs}
           set done = done + ${count("done")}::int, skipped = skipped + ${count("skipped")}::int,
               failed = failed + ${count("failed")}::int
         where bulk_id = ${job.bulkId}`,
  );
  await recordAudit(tx, {
    operator: job.operator,
    reason: job.reason ?? undefined,
    action: AUDIT_NAMES[job.action],
    input: { queue, taskId, ...job.options },
    outcome: outcome === "done" ? "done" : outcome === "skipped" ? "refused" : "failed",
    ...problem,
    output: outcome === "done" ? { ...result.output, newTaskId } : undefined,
    bulkId: job.bulkId,
    tenants: job.tenants,
  });
}
