import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase } from "@/testing/dashboard-database";
import { restrictTo } from "@/testing/reads";
import { ROUTES, type RouteRequest, withoutExports } from "@/testing/route-requests";
import { type Belongings, createTwoTenants, removeTenant } from "@/testing/scenes/two-tenants";

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

async function answer(route: string, [query, params = {}]: RouteRequest): Promise<string> {
  const file = path.join(import.meta.dirname, route, "route.ts");
  const { GET } = await import(/* @vite-ignore */ file);
  const request = new Request(`http://localhost:3000/api/${route}${query}`);
  const response: Response = await GET(request, { params: Promise.resolve(params) });
  const text = withoutExports(route, await response.text());
  return `${response.status} ${text.replace(/"now":"[^"]*"/g, '"now":""')}`;
}

/** Responses of every route to the requests about a tenant, by request. */
async function requestAll(of: Belongings): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const [route, requests] of Object.entries(ROUTES))
    for (const request of [...requests(of), ...(await listDependentRequests(route))])
      answers.set(`${route} ${JSON.stringify(request)}`, await answer(route, request));
  return answers;
}

let groups: string[] = [];

/** Requests for ids that are only known from a response. */
async function listDependentRequests(route: string): Promise<RouteRequest[]> {
  return route === "failures/[group]/tasks" ? groups.map((group) => ["", { group }]) : [];
}

test("every route is covered by a request", () => {
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
  const open = await requestAll(foreign);

  await restrictTo("acme");
  const mine = await requestAll(own);
  const theirs = await requestAll(foreign);
  for (const [question, text] of mine) expect(text, question).not.toMatch(/globex/i);
  for (const id of Object.values(foreign).map((it) => (typeof it === "string" ? it : it.taskId)))
    if (id !== queue) expect([...mine.values()].join(), id).not.toContain(id);
  // Proves that the requests are meaningful: without the restriction nearly all of them have a different response.
  const same = [...open].filter(([question, text]) => theirs.get(question) === text);
  expect(same.flatMap(([question]) => (ALIKE.test(question) ? [] : question))).toEqual([]);
  expect(same.length).toBeLessThan(9);
  for (const [question, text] of mine)
    if (!CLOSED.test(question)) expect(text, question).toMatch(/^200/);

  await removeTenant(database.pool, foreign);
  await restrictTo("acme");
  expect(await requestAll(own)).toEqual(mine);
  expect(await requestAll(foreign)).toEqual(theirs);
});

/**
 * Requests with the same response in both cases, because it contains no tenant data, nothing at all, or the other
 * tenant's data.
 */
const ALIKE =
  /^(access|health|events \["\?limit=1|failures\/\[group|queues\/\[queue\]\/events\/payload .*paid|workflows\/\[workflowRunId\]\/records)/;
/** Requests that a restricted dashboard refuses, or whose target doesn't exist. */
const CLOSED = /maintenance|payload .*(done|paid)/;
