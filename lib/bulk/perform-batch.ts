import { sql } from "drizzle-orm";
import { atomically } from "@/lib/absurd/connection/atomically";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { type AuditRecord, recordAuditBatch } from "@/lib/audit/record";
import { dashboardTablesOfAllTenants } from "@/lib/db/dashboard-schema";
import { number, text, uuid } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import type { Uuid } from "@/lib/model/ids";
import type { BulkAction } from "@/lib/model/rows/bulk";
import { actOnTasks, type ItemResult } from "./act";
import { type BulkJob, endJob, takeTurn } from "./job";
import type { TaskAddress } from "./selection";

const { bulkJobs, bulkItems } = dashboardTablesOfAllTenants;

/** Maximum tasks per transaction: they stay locked until it ends, and an abort waits for it. */
export const MAX_BATCH = 100;

/** The names of the actions on one task, so that the audit log uses the same name for both. */
const AUDIT_NAMES: Record<BulkAction, string> = {
  cancel: "cancel task",
  retry: "retry task",
  "run-again": "run task again",
  "run-now": "reschedule run",
};

/**
 * The result of a batch: the last task that it considered, how many it settled, and how long the next one must
 * wait; `finished` if none was open. Tasks that other transactions hold stay open. Without `last` it was not this
 * runner's turn.
 */
export type Batch =
  | { last: TaskAddress; settled: number; waitMs: number }
  | { waitMs: number }
  | "finished";

/**
 * Acts on the operation's next open tasks after `after`. One transaction holds the engine calls, the outcomes, the
 * counts and the audit entries, so a crash keeps all of them or none. The operation's row is locked throughout and
 * stores when the next batch is due: a second runner keeps the same rate, and an abort takes effect between
 * batches.
 *
 * @param limit the maximum number of tasks, at most `MAX_BATCH`.
 * @param giveUp a result to store for all tasks instead of acting on them, or for those that others still hold.
 * @throws transient errors and errors of the connection; then nothing was changed.
 */
export function performBatch(
  db: Queryable,
  bulkId: Uuid,
  after: TaskAddress | null,
  limit: number,
  giveUp?: { on: "all" | "held"; result: ItemResult },
): Promise<Batch> {
  return atomically(db, async (tx) => {
    const turn = await takeTurn(tx, bulkId);
    if ("waitMs" in turn) return turn;
    const { job } = turn;
    let tasks = await listOpenItems(tx, bulkId, after, limit);
    if (tasks.length === 0 && after) tasks = await listOpenItems(tx, bulkId, null, limit);
    const last = tasks.at(-1);
    if (!last) {
      await endJob(tx, bulkId, "done");
      return "finished";
    }
    const results: Settled[] = [];
    for (const queue of new Set(tasks.map((task) => task.queue))) {
      const ids = tasks.flatMap((task) => (task.queue === queue ? [task.taskId] : []));
      const found = giveUp?.on === "all" ? null : await actOnTasks(tx, queue, ids, job);
      for (const taskId of ids) {
        const result = found?.get(taskId) ?? giveUp?.result;
        if (result) results.push({ queue, taskId, result });
      }
    }
    const waitMs = results.length > 0 ? await settle(tx, job, results) : 0;
    return { last, settled: results.length, waitMs };
  });
}

async function listOpenItems(
  tx: Queryable,
  bulkId: Uuid,
  after: TaskAddress | null,
  limit: number,
): Promise<TaskAddress[]> {
  // The index keeps entries of settled items until a vacuum; starting after the last item skips them.
  const { taskId, queue } = after ?? { taskId: "00000000-0000-0000-0000-000000000000", queue: "" };
  return query(
    tx,
    { queue: text, taskId: uuid },
    sql`select queue, task_id as "taskId" from ${bulkItems}
         where bulk_id = ${bulkId} and outcome is null
           and (task_id, queue) > (${taskId}::uuid, ${queue}::text)
         order by task_id, queue limit ${limit}::int`,
  );
}

type Settled = TaskAddress & { result: ItemResult };

/**
 * Stores results. Spaces batches evenly by the operation's rate, and catches up on at most ten tasks after a
 * delay. Returns how long the next batch must wait, in milliseconds.
 */
async function settle(tx: Queryable, job: BulkJob, results: readonly Settled[]): Promise<number> {
  const column = <T>(value: (settled: Settled) => T) => sql.param(results.map(value));
  const count = (counted: ItemResult["outcome"]) =>
    results.filter(({ result }) => result.outcome === counted).length;
  const gap = job.perSecond === null ? 0 : 1 / job.perSecond;
  const [due] = await query(
    tx,
    { waitMs: number },
    sql`with settled as (
          update ${bulkItems} as item
             set outcome = result.outcome, code = result.code, message = result.message,
                 new_task_id = result.new_task_id, at = clock_timestamp()
            from unnest(
              ${column(({ taskId }) => taskId)}::uuid[], ${column(({ queue }) => queue)}::text[],
              ${column(({ result }) => result.outcome)}::text[],
              ${column(({ result }) => getProblem(result).code ?? null)}::text[],
              ${column(({ result }) => getProblem(result).message ?? null)}::text[],
              ${column(({ result }) => getNewTask(result))}::uuid[]
            ) as result (task_id, queue, outcome, code, message, new_task_id)
           where item.bulk_id = ${job.bulkId} and item.task_id = result.task_id
             and item.queue = result.queue)
        update ${bulkJobs}
           set done = done + ${count("done")}::int, skipped = skipped + ${count("skipped")}::int,
               failed = failed + ${count("failed")}::int,
               due_at = greatest(due_at + make_interval(secs => ${gap * results.length}::float8),
                                 clock_timestamp() - make_interval(secs => ${gap * 10}::float8))
         where bulk_id = ${job.bulkId}
        returning (extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as "waitMs"`,
  );
  await recordAuditBatch(
    tx,
    results.map((settled) => toAuditRecord(job, settled)),
  );
  return Math.max(due?.waitMs ?? 0, 0);
}

function toAuditRecord(job: BulkJob, { queue, taskId, result }: Settled): AuditRecord {
  const { outcome } = result;
  return {
    operator: job.operator,
    reason: job.reason ?? undefined,
    action: AUDIT_NAMES[job.action],
    input: { queue, taskId, extraAttempts: job.options.extraAttempts },
    outcome: outcome === "done" ? "done" : outcome === "skipped" ? "refused" : "failed",
    ...getProblem(result),
    output:
      result.outcome === "done" ? { ...result.output, newTaskId: getNewTask(result) } : undefined,
    bulkId: job.bulkId,
    tenants: job.tenants,
    tenant: result.tenant,
  };
}

function getProblem(result: ItemResult): { code?: string; message?: string } {
  return result.outcome === "done" ? {} : { code: result.code, message: result.message };
}

function getNewTask(result: ItemResult): Uuid | null {
  return result.outcome === "done" ? (result.newTaskId ?? null) : null;
}
