import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase } from "@/testing/dashboard-database";
import { restrictTo } from "@/testing/reads";
import { type Belongings, createTwoTenants, removeTenant } from "@/testing/two-tenants";

/** Requests to a route about one tenant: query strings and path parameters. */
type Ask = [query: string, params?: Record<string, string>];

const forQueue =
  (...queries: string[]) =>
  ({ queue }: Belongings) =>
    queries.map((query): Ask => [query, { queue }]);
const plain =
  (...queries: string[]) =>
  () =>
    queries.map((query): Ask => [query]);

/** The requests to each route. A route without an entry fails the test. */
const ROUTES: Record<string, (of: Belongings) => Ask[]> = {
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
  // A stream: lib/live/changes.test.ts tries it.
  live: () => [],
  "overview/failures": ({ tenant }) => [[""], [`?tenant=${tenant}`], ["?range=7d"]],
  "overview/latency": ({ tenant }) => [[""], ["?range=24h"], [`?tenant=${tenant}`]],
  "overview/throughput": ({ tenant }) => [[""], ["?range=7d"], [`?tenant=${tenant}`]],
  // lib/actions/tenants.test.ts tries every preview.
  "previews/[preview]": ({ queue, pending: { runId } }) => [
    [`?input=${encodeURIComponent(JSON.stringify({ queue, runId }))}`, { preview: "reschedule" }],
  ],
  setup: plain(""),
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
    ...["params", "headers", "result"].map((of): Ask => {
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

const database = openTestDatabase({ settings: { DASHBOARD_OPERATOR: "ada" } });
const queue = "shop";
let own: Belongings;
let foreign: Belongings;

beforeAll(async () => {
  const { pool } = database;
  ({ own, foreign } = await createTwoTenants(pool, queue));
  // The engine's clock is stopped, so that responses can be compared.
  const { rows } = await pool.query("select current_database() as name, now()::text as now");
  await pool.query(`alter database "${rows[0].name}" set absurd.fake_now = '${rows[0].now}'`);
});

afterAll(() => restrictTo());

async function answer(route: string, [query, params = {}]: Ask): Promise<string> {
  const file = path.join(import.meta.dirname, route, "route.ts");
  const { GET } = await import(/* @vite-ignore */ file);
  const request = new Request(`http://localhost:3000/api/${route}${query}`);
  const response: Response = await GET(request, { params: Promise.resolve(params) });
  const text = withoutExports(route, await response.text());
  return `${response.status} ${text.replace(/"now":"[^"]*"/g, '"now":""')}`;
}

/** Exports are recorded, so that asking for one changes what the audit log answers next. */
function withoutExports(route: string, text: string): string {
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

/** The responses of every route to the requests about a tenant, by request. */
async function askAll(of: Belongings): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const [route, asks] of Object.entries(ROUTES))
    for (const ask of [...asks(of), ...(await asksByAnswer(route))])
      answers.set(`${route} ${JSON.stringify(ask)}`, await answer(route, ask));
  return answers;
}

let groups: string[] = [];

/** Some ids are known only from a response. */
async function asksByAnswer(route: string): Promise<Ask[]> {
  return route === "failures/[group]/tasks" ? groups.map((group) => ["", { group }]) : [];
}

test("every route has a request", () => {
  const routes = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "route.ts")
    .map((file) => path.dirname(file));
  expect(Object.keys(ROUTES).sort()).toEqual(routes.sort());
});

test("no response reveals another tenant, and none changes when that tenant is removed", {
  // Every route is requested several times.
  timeout: 120_000,
}, async () => {
  await restrictTo();
  const failures = await answer("failures", [""]);
  groups = [...failures.matchAll(/"id":"(\w+)"/g)].map((match) => match[1] ?? "");
  expect(groups).toHaveLength(2);
  const open = await askAll(foreign);

  await restrictTo("acme");
  const mine = await askAll(own);
  const theirs = await askAll(foreign);
  for (const [question, text] of mine) expect(text, question).not.toMatch(/globex/i);
  for (const id of Object.values(foreign).map((it) => (typeof it === "string" ? it : it.taskId)))
    if (id !== queue) expect([...mine.values()].join(), id).not.toContain(id);
  // The requests are meaningful: without the restriction nearly all of them have a different response.
  const same = [...open].filter(([question, text]) => theirs.get(question) === text);
  expect(same.flatMap(([question]) => (ALIKE.test(question) ? [] : question))).toEqual([]);
  expect(same.length).toBeLessThan(9);
  for (const [question, text] of mine)
    if (!CLOSED.test(question)) expect(text, question).toMatch(/^200/);

  await removeTenant(database.pool, foreign);
  await restrictTo("acme");
  expect(await askAll(own)).toEqual(mine);
  expect(await askAll(foreign)).toEqual(theirs);
});

/** Requests with the same response in both cases: it contains nothing of a tenant, nothing at all, or the other tenant's. */
const ALIKE =
  /^(access|health|events \["\?limit=1|failures\/\[group|queues\/\[queue\]\/events\/payload .*paid|workflows\/\[workflowRunId\]\/records)/;
/** Requests that a restricted dashboard refuses, or whose target does not exist. */
const CLOSED = /maintenance|payload .*(done|paid)/;
