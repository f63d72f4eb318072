import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, failTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import type { CountStep, TaskStep } from "@/lib/analytics/tasks";
import { openTestDatabase } from "@/testing/dashboard-database";
import { GET as count } from "./count/route";
import { GET as exported } from "./export/route";
import { GET as search } from "./search/route";
import { GET as suggestions } from "./suggestions/route";

const QUEUE = "größe, 100% / ?";
const IN_QUEUE = `queue=${encodeURIComponent("größe%2C 100% / ?")}`;
const database = openTestDatabase();

beforeAll(async () => {
  const { pool } = database;
  await createQueue(pool, QUEUE);
  await createQueue(pool, "empty", { storageMode: "partitioned" });
  const headers = { tenant_id: "acme" };
  await spawnTask(
    pool,
    QUEUE,
    "=cmd()",
    { order: { id: 42 }, text: 'a "b",\n=c;"@d;e' },
    { headers, maxAttempts: 1 },
  );
  const [run] = await claimTasks(pool, QUEUE, { workerId: "w;1" });
  await failTask(pool, QUEUE, run?.runId ?? "", { name: "Boom", message: "-1 left" });
  // One task per minute for two days; every hundredth is odd.
  await pool.query(`
    insert into absurd."t_${QUEUE}" (task_id, task_name, params, state, attempts, enqueue_at)
    select (lpad(to_hex((extract(epoch from now() - n * interval '1 minute') * 1000)::bigint), 12, '0')
        || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
      case when n % 100 = 0 then 'odd' else 'even' end, jsonb_build_object('n', n), 'completed', 1, now()
    from generate_series(1, 3000) n`);
});

const get = (path: string, signal?: AbortSignal) =>
  new Request(`http://localhost:3000${path}`, signal ? { signal } : {});

async function lines<T>(response: Response): Promise<T[]> {
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

test("a search streams matches until the page is full or the history ends", async () => {
  const full = await lines<TaskStep>(await search(get(`/?${IN_QUEUE}&name=odd&limit=20`)));
  expect(full.flatMap((step) => step.rows)).toHaveLength(20);
  expect(full.at(-1)?.older).toMatch(/^o\./);
  const rest = await lines<TaskStep>(
    await search(get(`/?${IN_QUEUE}&name=odd&limit=20&cursor=${full.at(-1)?.older}`)),
  );
  expect(rest.flatMap((step) => step.rows)).toHaveLength(10);
  expect(rest.at(-1)).toMatchObject({ older: null, searchedTo: null });
});

test("an invalid search has an error status", async () => {
  expect((await search(get("/?queue=nowhere"))).status).toBe(404);
  expect((await search(get("/?where=params..a:1"))).status).toBe(400);
  expect((await count(get("/?state=lost"))).status).toBe(400);
  expect((await search(get("/?sort=oldest"))).status).toBe(400);
  expect((await exported(get("/?format=xml"))).status).toBe(400);
  expect((await exported(get("/?max=100001"))).status).toBe(400);
});

test("a search stops when the client disconnects", async () => {
  const gone = new AbortController();
  gone.abort();
  expect((await search(get(`/?${IN_QUEUE}`, gone.signal))).status).toBe(499);
});

test.each([
  ["", 3001],
  ["&name=odd", 30],
  ["&where=params.n>2990", 10],
  ["&state=failed", 1],
  ["&range=1h", 60],
  ["&tenant=nobody", 0],
])("counting exactly%s", async (filters, expected) => {
  const steps = await lines<CountStep>(await count(get(`/?${IN_QUEUE}${filters}`)));
  const last = steps.at(-1);
  expect(last).toMatchObject({ searchedTo: null, unreadable: [] });
  // The one-hour window starts at the database's clock, so its oldest task may just have left it.
  expect(Math.abs((last?.count ?? -1) - expected)).toBeLessThanOrEqual(
    filters.includes("range") ? 1 : 0,
  );
  const sorted = steps.map((step) => step.count).toSorted((a, b) => a - b);
  expect(steps.map((step) => step.count)).toEqual(sorted);
});

test("CSV has the filtered list with its columns, and no cell that a spreadsheet of any locale would execute", async () => {
  const response = await exported(
    get(`/?${IN_QUEUE}&tenant=acme&columns=params.order.id,params.text,error.message`),
  );
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="tasks.csv"');
  const [head, ...rest] = (await response.text()).split("\r\n");
  expect(head).toBe(
    "queue,taskId,name,state,attempts,maxAttempts,enqueuedAt,firstStartedAt,endedAt,tenantId,workflowRunId,claimedBy,errorName,errorMessage,params.order.id,params.text,error.message",
  );
  expect(rest.join("|")).toMatch(
    /^"größe, 100% \/ \?",[0-9a-f-]{36},'=cmd\(\),failed,1,1,[^,]+Z,[^,]+Z,[^,]+Z,acme,,"w;1",Boom,'-1 left,42,"a ""b"",\n'=c;""'@d;e",'-1 left\|$/,
  );
});

test("CSV for Excel starts with a byte order mark", async () => {
  const csv = await exported(get(`/?${IN_QUEUE}&max=1`));
  const excel = await exported(get(`/?${IN_QUEUE}&max=1&format=excel`));
  expect(excel.headers.get("content-disposition")).toBe('attachment; filename="tasks.csv"');
  const bytes = Buffer.from(await excel.arrayBuffer());
  expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  expect(bytes.subarray(3).toString()).toBe(await csv.text());
});

test("NDJSON has one task per line, up to the given maximum", async () => {
  const all = await lines<{ name: string }>(await exported(get(`/?${IN_QUEUE}&format=ndjson`)));
  expect(all).toHaveLength(3001);
  const few = await lines(await exported(get(`/?${IN_QUEUE}&format=ndjson&max=700`)));
  expect(few).toEqual(all.slice(0, 700));
  expect(await lines(await exported(get("/?queue=empty&format=ndjson")))).toEqual([]);
});

test("suggestions come from recent tasks and from the statistics", async () => {
  const { pool } = database;
  await pool.query(`analyze absurd."t_${QUEUE}"`);
  const answer = await (await suggestions(get(`/?${IN_QUEUE}`))).json();
  expect(answer).toMatchObject({
    names: ["=cmd()", "even", "odd"],
    workers: ["w;1"],
    tenants: ["acme"],
    idempotencyKeys: [],
    checkpoints: [],
  });
  expect(answer.paths).toContainEqual({ path: "params.order.id", values: ["42"] });
  expect(answer.paths).toContainEqual({ path: "error.name", values: ["Boom"] });
  expect(await (await suggestions(get("/?queue=empty"))).json()).toEqual({
    names: [],
    workers: [],
    tenants: [],
    idempotencyKeys: [],
    checkpoints: [],
    paths: [],
  });
});
