import type { Belongings } from "@/testing/scenes/two-tenants";

/** Requests to a route about one tenant: query strings and path parameters. */
export type RouteRequest = [query: string, params?: Record<string, string>];

const forQueue =
  (...queries: string[]) =>
  ({ queue }: Belongings) =>
    queries.map((query): RouteRequest => [query, { queue }]);
const plain =
  (...queries: string[]) =>
  () =>
    queries.map((query): RouteRequest => [query]);

/** Requests to each route. A route without an entry fails the tests that use them. */
export const ROUTES: Record<string, (of: Belongings) => RouteRequest[]> = {
  access: plain(""),
  audit: ({ tenant, failed }) => [
    [""],
    [`?operator=${tenant}`],
    [`?task=${failed.taskId}`],
    [`?tenant=${tenant}`],
  ],
  "audit/choices": plain(""),
  "audit/export": plain(""),
  bulk: ({ tenant }) => [[""], [`?tenant=${tenant}`]],
  "bulk/[bulkId]": ({ bulkId }) => [["", { bulkId }]],
  "bulk/[bulkId]/follow-up": ({ bulkId }) => [["", { bulkId }]],
  "bulk/[bulkId]/items": ({ bulkId }) => [["", { bulkId }]],
  events: ({ tenant }) => [
    [""],
    [`?name=${tenant}`],
    ["?state=emitted"],
    ["?state=asked"],
    ["?state=awaited"],
    ["?limit=1"],
    [`?tenant=${tenant}`],
  ],
  failures: ({ tenant }) => [
    [""],
    [`?tenant=${tenant}`],
    ["?range=7d"],
    [`?name=${tenant}-failed`],
  ],
  "failures/[group]/tasks": () => [],
  find: (of) => [of.pending.taskId, of.failed.runId, of.running.runId].map((id) => [`?id=${id}`]),
  health: plain(""),
  "health/live": plain(""),
  "health/ready": plain(""),
  "health/startup": plain(""),
  // A stream, which has its own test.
  live: () => [],
  "overview/failures": ({ tenant }) => [[""], [`?tenant=${tenant}`], ["?range=7d"]],
  "overview/latency": ({ tenant }) => [[""], ["?range=24h"], [`?tenant=${tenant}`]],
  "overview/throughput": ({ tenant }) => [[""], ["?range=7d"], [`?tenant=${tenant}`]],
  // lib/actions/tenants.test.ts covers every preview.
  "previews/[preview]": ({ queue, pending: { runId } }) => [
    [`?input=${encodeURIComponent(JSON.stringify({ queue, runId }))}`, { preview: "reschedule" }],
  ],
  setup: plain(""),
  summary: plain(""),
  queues: ({ tenant }) => [[""], [`?tenant=${tenant}`]],
  "queues/[queue]/count": (of) => forQueue("", `?tenant=${of.tenant}`)(of),
  "queues/[queue]/events": (of) => forQueue("", `?name=${of.tenant}`, "?state=emitted")(of),
  "queues/[queue]/events/payload": (of) =>
    forQueue(...["late", "done", "paid"].map((name) => `?name=${of.tenant}:${name}`))(of),
  "queues/[queue]/events/waiters": (of) =>
    forQueue("?name=shared", `?name=${of.tenant}:paid`, `?name=${of.tenant}:late`)(of),
  "queues/[queue]/figures": (of) => forQueue("", "?range=7d", `?tenant=${of.tenant}`)(of),
  "queues/[queue]/maintenance": forQueue(""),
  "queues/[queue]/tasks/[taskId]": (of) => {
    const { queue, pending, running, waiting, failed, completed, cancelled } = of;
    return [pending, running, waiting, failed, completed, cancelled].map(({ taskId }) => [
      "",
      { queue, taskId },
    ]);
  },
  "queues/[queue]/tasks/[taskId]/payload": ({ queue, tenant, completed, failed }) => [
    ...["params", "headers", "result"].map((of): RouteRequest => {
      return [`?of=${of}`, { queue, taskId: completed.taskId }];
    }),
    [`?of=checkpoint&name=${tenant}-step`, { queue, taskId: completed.taskId }],
    [`?of=failureReason&run=${failed.runId}`, { queue, taskId: failed.taskId }],
    [`?of=runResult&run=${completed.runId}`, { queue, taskId: completed.taskId }],
  ],
  "queues/[queue]/tasks/[taskId]/related": ({ queue, pending, completed }) =>
    [pending, completed].map(({ taskId }) => ["", { queue, taskId }]),
  "queues/[queue]/usual": (of) => forQueue(`?name=${of.tenant}-usual`)(of),
  tasks: (of) => [
    [""],
    ["?state=pending,running,sleeping"],
    ["?state=failed,completed,cancelled"],
    [`?tenant=${of.tenant}`],
    [`?name=${of.tenant}-pending`],
    [`?id=${of.pending.taskId}`],
    [`?worker=${of.tenant}-worker`],
    [`?error=${of.tenant}`],
    [`?checkpoint=${of.tenant}-step`],
    [`?where=${encodeURIComponent(`params.of:${of.tenant}`)}&columns=params.of,error.name`],
    ["?limit=1"],
    ["?sort=oldest"],
    ["?sort=due&state=pending,running,sleeping"],
    ["?sort=attempts&range=24h"],
    ["?sort=duration&range=24h"],
    [`?idempotency=${of.tenant}-key`],
    [`?cursor=o.${of.completed.taskId}&limit=1`],
  ],
  "tasks/count": ({ tenant }) => [[""], [`?tenant=${tenant}`]],
  "tasks/export": ({ tenant }) => [["?format=csv"], [`?format=ndjson&name=${tenant}-failed`]],
  "tasks/rows": (of) => [
    [`?rows=${of.queue}:${of.pending.taskId},${of.failed.taskId}`],
    [`?state=failed&rows=${of.queue}:${of.pending.taskId},${of.failed.taskId}`],
  ],
  "tasks/search": ({ tenant }) => [[""], [`?name=${tenant}-failed`]],
  "tasks/suggestions": ({ queue }) => [[""], [`?queue=${queue}`]],
  workers: ({ tenant }) => [[""], ["?range=7d"], [`?tenant=${tenant}`]],
  workflows: ({ tenant }) => [
    [""],
    [`?tenant=${tenant}`],
    [`?name=${tenant}_flow`],
    [`?creator=${tenant}`],
    [`?tag=of=${tenant}`],
  ],
  "workflows/[workflowRunId]": ({ workflowRunId }) => [["", { workflowRunId }]],
  "workflows/[workflowRunId]/definition": ({ workflowRunId }) => [["", { workflowRunId }]],
  "workflows/[workflowRunId]/graph": ({ workflowRunId }) => [["", { workflowRunId }]],
  "workflows/[workflowRunId]/records": ({ workflowRunId }) => [["?path=fetch", { workflowRunId }]],
  "workflows/[workflowRunId]/view": ({ workflowRunId }) => [["", { workflowRunId }]],
  "workflows/[workflowRunId]/payload": ({ workflowRunId }) => [["?of=inputs", { workflowRunId }]],
  "workflows/definitions": plain(""),
  "workflows/definitions/[definitionId]": ({ definitionId }) => [["", { definitionId }]],
};

/**
 * A response without the exports of `ada`: exports are recorded, so requesting one changes the next response of the
 * audit log.
 */
export function withoutExports(route: string, text: string): string {
  if (!route.startsWith("audit")) return text;
  const isOther = ({ action }: { action: string }) => !action.startsWith("export ");
  if (route === "audit/export") {
    const lines = text.split("\n").filter((line) => line === "" || isOther(JSON.parse(line)));
    return lines.join("\n");
  }
  const { rows, actions, operators, ...rest } = JSON.parse(text);
  return JSON.stringify({
    operators: operators?.filter((name: string) => name !== "ada"),
    ...{ rows: rows?.filter(isOther), ...rest },
    actions: actions?.filter((action: string) => isOther({ action })),
  });
}
