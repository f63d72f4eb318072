/** Rows for the gallery: those of recorded tasks, and variations that a database rarely has. */

import type { Queue } from "@/lib/model/queue";
import type { FailureGroup } from "@/lib/model/rows/failure";
import type { TaskDetail, TaskSummary } from "@/lib/model/task";
import type { WorkflowRunSummary } from "@/lib/model/workflow";

export const LONG_NAME =
  "com.example.billing.workflows.MonthlyInvoiceReconciliationForEnterpriseCustomersV2.retryable";
export const RTL_NAME = "تسوية الفواتير الشهرية للعملاء";
/** Displays as `gnp.exe` in reverse unless the override character is made visible. */
export const REORDERED_NAME = "invoice-\u202Egnp.exe";

/** The list row of a recorded task. */
export function summarize(
  { task, runs }: TaskDetail,
  change: Partial<TaskSummary> = {},
): TaskSummary {
  const run = runs.at(-1);
  return {
    queue: task.queue,
    taskId: task.taskId,
    name: task.name,
    state: task.state,
    attempts: task.attempts,
    maxAttempts: task.maxAttempts,
    enqueuedAt: task.enqueuedAt,
    firstStartedAt: task.firstStartedAt,
    endedAt: task.cancelledAt ?? run?.completedAt ?? run?.failedAt ?? null,
    tenantId: task.tenantId,
    workflowRunId: task.workflowRunId,
    run: run
      ? {
          runId: run.runId,
          state: run.state,
          claimedBy: run.claimedBy,
          claimExpiresAt: run.claimExpiresAt,
          availableAt: run.availableAt,
          startedAt: run.startedAt,
          wakeEvent: run.wakeEvent,
          errorName: run.failureReason ? "TimeoutError" : null,
          errorMessage: run.failureReason ? "The gateway did not respond within 30 s" : null,
        }
      : null,
    ...change,
  };
}

/** Repeats the recorded rows up to `count`, each with its own id. */
export function repeat(rows: readonly TaskSummary[], count: number): TaskSummary[] {
  return Array.from({ length: count }, (_, index) => {
    const row = rows[index % rows.length] as TaskSummary;
    return { ...row, taskId: `${row.taskId.slice(0, -6)}${String(index).padStart(6, "0")}` };
  });
}

export function queue(change: Partial<Queue> = {}): Queue {
  return {
    name: "orders",
    createdAt: "2026-01-05T08:00:00.000Z",
    storageMode: "unpartitioned",
    active: { pending: 12, running: 3, sleeping: 40 },
    terminal: {
      completed: { value: 128_400, precision: "estimated" },
      failed: { value: 17, precision: "exact" },
      cancelled: { value: 10_000, precision: "capped" },
    },
    ready: 12,
    oldestReadyAt: "2026-01-05T08:00:00.000Z",
    overdueSleepers: 0,
    expiredLeases: 0,
    claims: null,
    ...change,
  };
}

export function workflowRun(change: Partial<WorkflowRunSummary> = {}): WorkflowRunSummary {
  return {
    workflowRunId: "019b8d33-71d0-7e3a-9b14-5f0c88e1a42d",
    name: "invoice-sync",
    version: "1.4.0",
    hash: null,
    storedStatus: "running",
    status: "running",
    stale: null,
    queue: "orders",
    rootTaskId: "01a2f6c2-71d0-7e3a-9b14-5f0c88e1a42d",
    rootState: "running",
    tenantId: "acme",
    createdBy: "api",
    tags: { text: '{"region":"eu","channel":"web"}', bytes: 32 },
    taskCount: 12,
    createdAt: "2026-01-05T08:04:00.000Z",
    startedAt: "2026-01-05T08:04:01.000Z",
    completedAt: null,
    definitionId: null,
    parentWorkflowRunId: null,
    ...change,
  };
}

export function failureGroup(change: Partial<FailureGroup> = {}): FailureGroup {
  return {
    id: "0123456789abcdef",
    taskName: "charge-card",
    errorName: "GatewayTimeoutError",
    pattern: "no response from <host> within <number> s",
    attempts: 321,
    tasks: { exhausted: 40, refused: 0, retrying: 12, recovered: 260, cancelled: 9 },
    queues: ["orders", "billing"],
    first: { at: "2026-01-05T07:00:00.000Z", precision: "exact" },
    lastAt: "2026-01-05T07:59:00.000Z",
    trend: [0, 0, 1, 3, 8, 12, 40, 22, 60, 31, 12, 9],
    samples: [
      {
        queue: "orders",
        taskId: "01a2f6c2-71d0-7e3a-9b14-5f0c88e1a42d",
        tenantId: "acme",
        state: "failed",
        attempt: 5,
        failedAt: "2026-01-05T07:59:00.000Z",
        message: "no response from gateway-3.internal within 30 s",
      },
    ],
    ...change,
  };
}

/** A document with many lines, and numbers that a double would round. */
export function hugeJson(items: number): string {
  const lines = Array.from(
    { length: items },
    (_, index) => `{"id":${9_007_199_254_740_993n + BigInt(index)},"sku":"A-${index}","paid":true}`,
  );
  return `{"order":{"items":[${lines.join(",")}]}}`;
}

export const RTL_JSON = JSON.stringify({
  مفتاح: "قيمة",
  שם: 12.5,
  [REORDERED_NAME]: "a\u2066b\u2069c",
  "zero\u200Bwidth": null,
  nested: { قائمة: ["واحد", "اثنان", 3] },
});
