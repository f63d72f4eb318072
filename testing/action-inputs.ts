import type { Belongings } from "@/testing/scenes/two-tenants";

export type Given = Record<string, unknown>;

const tasks = (of: Belongings) =>
  [of.pending, of.running, of.waiting, of.failed, of.completed].map(({ taskId }) => ({
    queue: of.queue,
    taskId,
  }));
const runs = (of: Belongings, extra: Given = {}) =>
  [of.pending, of.running, of.waiting, of.failed].map(({ runId }) => ({
    queue: of.queue,
    runId,
    ...extra,
  }));
const events = (of: Belongings, extra: Given = {}) =>
  [`${of.tenant}:paid`, `${of.tenant}:late`, `${of.tenant}:done`, `${of.tenant}:none`].map(
    (name) => ({ queue: of.queue, name, ...extra }),
  );
const onQueue =
  (extra: Given = {}) =>
  (of: Belongings) => [{ queue: of.queue, ...extra }];
const ttlSeconds = 0;

/**
 * Inputs that target a tenant's rows, for every action and preview; `null` for actions without a target. A missing
 * entry fails the tests that use them.
 */
export const ACTIONS: Record<string, ((of: Belongings) => Given[]) | null> = {
  signInAction: null,
  createTokenAction: null,
  revokeTokenAction: null,
  revokeSessionAction: null,
  revokeSessionsAction: null,
  cancelTaskAction: tasks,
  retryTaskAction: (of) => [
    ...tasks(of),
    ...tasks(of).map((task) => ({ ...task, spawnNew: true })),
  ],
  "preview reschedule": (of) => runs(of),
  rescheduleRunAction: (of) => runs(of, { at: "now" }),
  extendLeaseAction: (of) => runs(of, { seconds: 60 }),
  runAgainAction: (of) => [
    ...tasks(of),
    ...tasks(of).map((task) => ({ ...task, params: "{}", headers: '{"tenant_id":"acme"}' })),
  ],
  forkTaskAction: (of) => tasks(of).map((task) => ({ ...task, fromStep: `${of.tenant}-step` })),
  spawnTaskAction: (of) => [
    { queue: of.queue, name: "x", params: "", headers: `{"tenant_id":"${of.tenant}"}` },
    { queue: of.queue, name: "x", params: "", headers: `{"tenant_id":["${of.tenant}"]}` },
  ],
  "preview emit": (of) => events(of),
  emitEventAction: (of) => events(of, { payload: "1" }),
  "preview cancel-run": ({ workflowRunId }) => [{ workflowRunId }],
  cancelWorkflowRunAction: ({ workflowRunId }) => [{ workflowRunId }],
  closeCircuitAction: ({ tenant }) => [
    { tenantId: tenant, workflowName: "flow", operator: "a", revision: "0" },
  ],
  "preview start-form": ({ definitionId }) => [{ definitionId }],
  "preview start": ({ queue, definitionId }) => [{ queue, definitionId, inputs: "", tags: "" }],
  startWorkflowRunAction: ({ queue, definitionId, workflowRunId }) => [
    { queue, definitionId, workflowRunId, inputs: "", tags: "" },
  ],
  "preview bulk": (of) => [
    { action: "cancel", ids: tasks(of) },
    { action: "retry", filters: `?name=${of.tenant}-failed` },
    { action: "run-again", filters: `?tenant=${of.tenant}` },
  ],
  startBulkAction: (of) => [
    { action: "cancel", ids: tasks(of), perSecond: null, shown: 1 },
    { action: "retry", filters: `?name=${of.tenant}-failed`, perSecond: null, shown: 1 },
    { action: "run-again", filters: `?tenant=${of.tenant}`, perSecond: null, shown: 1 },
  ],
  abortBulkAction: ({ bulkId }) => [{ bulkId }],
  createQueueAction: () => [{ queue: "another", storageMode: "unpartitioned" }],
  repairQueueAction: onQueue(),
  dropQueueAction: ({ queue }) => [{ queue, confirm: queue, acceptActive: true }],
  setQueuePolicyAction: onQueue({ change: { cleanupLimit: 5 }, expected: {} }),
  "preview cleanup": onQueue({ ttlSeconds }),
  cleanUpQueueAction: onQueue({ ttlSeconds, tasks: true, events: true }),
};
