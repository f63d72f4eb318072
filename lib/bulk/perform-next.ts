import { atomically } from "@/lib/absurd/connection/atomically";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { call } from "@/lib/absurd/connection/sql";
import { recordAudit } from "@/lib/audit/record";
import type { BulkAction } from "@/lib/model/bulk";
import type { Uuid } from "@/lib/model/ids";
import { act, type ItemResult, toResult } from "./act";
import { type BulkJob, endJob, lockOpenJob } from "./job";
import type { TaskAddress } from "./selection";

/** The names under which single actions are recorded, too. */
const AUDIT_NAMES: Record<BulkAction, string> = {
  cancel: "cancel task",
  retry: "retry task",
  "run-again": "run task again",
  "run-now": "reschedule run",
};

/** What came of a step: the task it was about, `finished` when none was left, `over` when the operation had ended. */
export type Step = { task: TaskAddress } | "finished" | "over";

/**
 * Acts on the operation's next open task after `after`. One transaction holds the engine call, the item's outcome, the
 * counts and the audit entry, so whenever the process or the connection dies, the task was acted on and counted, or
 * neither. The operation's row is locked throughout: a second runner waits, and an abort takes effect between tasks.
 *
 * @param giveUp instead of acting, settle the task with this result.
 * @throws what may pass by itself, as `toResult` says; nothing was changed then.
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
  // The index still has the entries of settled items; starting after the last one passes over them.
  const [row] = await call<{ queue: string; task_id: Uuid }>(
    tx,
    `select queue, task_id from absurd_dashboard.bulk_item
      where bulk_id = $1 and outcome is null
        and (task_id, queue) > ($2::uuid, $3::text)
      order by task_id, queue limit 1`,
    [bulkId, after?.taskId ?? "00000000-0000-0000-0000-000000000000", after?.queue ?? ""],
  );
  return row ? { queue: row.queue, taskId: row.task_id } : null;
}

async function settle(
  tx: Queryable,
  job: BulkJob,
  { queue, taskId }: TaskAddress,
  result: ItemResult,
): Promise<void> {
  const { outcome } = result;
  const newTaskId = outcome === "done" ? (result.newTaskId ?? null) : null;
  const trouble = outcome === "done" ? {} : { code: result.code, message: result.message };
  await call(
    tx,
    `with settled as (
       update absurd_dashboard.bulk_item
          set outcome = $4, code = $5, message = $6, new_task_id = $7, at = clock_timestamp()
        where bulk_id = $1 and task_id = $2 and queue = $3)
     update absurd_dashboard.bulk_job
        set done = done + ($4 = 'done')::int, skipped = skipped + ($4 = 'skipped')::int,
            failed = failed + ($4 = 'failed')::int
      where bulk_id = $1`,
    [job.bulkId, taskId, queue, outcome, trouble.code ?? null, trouble.message ?? null, newTaskId],
  );
  await recordAudit(tx, {
    operator: job.operator,
    reason: job.reason ?? undefined,
    action: AUDIT_NAMES[job.action],
    input: { queue, taskId, ...job.options },
    outcome: outcome === "done" ? "done" : outcome === "skipped" ? "refused" : "failed",
    ...trouble,
    output: outcome === "done" ? { ...result.output, newTaskId } : undefined,
    bulkId: job.bulkId,
    tenants: job.tenants,
  });
}
