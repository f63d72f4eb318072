import { beforeAll, expect, test } from "vitest";
import { emitEvent } from "@/lib/absurd/events/events";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, completeTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { forgetEnvironment } from "@/lib/db/env";
import { closePools } from "@/lib/db/pools";
import { clearSharedReads } from "@/lib/live/shared-reads";
import { openTestDatabase } from "@/testing/dashboard-database";
import { recordStatements } from "@/testing/statements";
import { GET as find } from "./find/route";
import { GET as health } from "./health/route";
import { GET as eventPayload } from "./queues/[queue]/events/payload/route";
import { GET as events } from "./queues/[queue]/events/route";
import { GET as payload } from "./queues/[queue]/tasks/[taskId]/payload/route";
import { GET as task } from "./queues/[queue]/tasks/[taskId]/route";
import { GET as queues } from "./queues/route";
import { GET as tasks } from "./tasks/route";

const QUEUE = "größe, 100% / ?";
const database = openTestDatabase();
let taskId: string;
let runId: string;

beforeAll(async () => {
  const { pool } = database;
  await createQueue(pool, QUEUE);
  ({ taskId, runId } = await spawnTask(pool, QUEUE, "a,b", { html: "</script><script>" }));
  await claimTasks(pool, QUEUE);
  await completeTask(pool, QUEUE, runId, { ok: true });
  await emitEvent(pool, QUEUE, "paid", [1]);
});

const get = (path: string) => new Request(`http://localhost:3000${path}`);
const at = <Params>(params: Params) => ({ params: Promise.resolve(params) });

async function body(response: Response, status = 200) {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  return JSON.parse(text);
}

test("each section of the dashboard has a route", async () => {
  expect(await body(await queues(get("/api/queues")))).toMatchObject({
    queues: [{ name: QUEUE, terminal: { completed: { value: 1, precision: "exact" } } }],
    now: expect.any(String),
  });
  const query = `?queue=${encodeURIComponent("größe%2C 100% / ?")}&name=a%252Cb&state=completed&limit=1`;
  expect(await body(await tasks(get(`/api/tasks${query}`)))).toMatchObject({ rows: [{ taskId }] });
  expect(await body(await task(get("/"), at({ queue: QUEUE, taskId })))).toMatchObject({
    task: { taskId, params: { text: '{"html": "</script><script>"}' } },
  });
  expect(await body(await events(get("/?state=emitted"), at({ queue: QUEUE })))).toMatchObject({
    rows: [{ name: "paid", payload: { text: "[1]" } }],
  });
  expect(await body(await find(get(`/?id=${runId}`)))).toEqual({
    found: [
      { kind: "run", queue: QUEUE, taskId, runId, attempt: 1, name: "a,b", state: "completed" },
    ],
    unreadable: [],
  });
  expect(await body(await health(get("/api/health")))).toMatchObject({
    status: "ok",
    database: "up",
  });
});

test("single values are returned as their exact text", async () => {
  const of = (query: string) => payload(get(`/${query}`), at({ queue: QUEUE, taskId }));
  const response = await of("?of=params");
  expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(await response.text()).toBe('{"html": "</script><script>"}');
  expect(await body(await of(`?of=runResult&run=${runId}`))).toEqual({ ok: true });
  expect(await body(await eventPayload(get("/?name=paid"), at({ queue: QUEUE })))).toEqual([1]);
  expect(await body(await of("?of=checkpoint&name=none"), 404)).toMatchObject({
    error: { code: "payload_not_found" },
  });
  for (const bad of ["", "?of=runResult", "?of=runResult&run=x", "?of=checkpoint", "?of=secrets"])
    expect(await body(await of(bad), 400)).toMatchObject({ error: { code: "bad_request" } });
});

test("a value of thirty megabytes is returned whole", async () => {
  const text = "x".repeat(30_000_000);
  await emitEvent(database.pool, QUEUE, "huge", text);
  const response = await eventPayload(get("/?name=huge"), at({ queue: QUEUE }));
  expect((await response.text()).length).toBe(30_000_002);
  const listed = await body(await events(get("/?name=huge"), at({ queue: QUEUE })));
  expect(listed.rows[0].payload.text).toBeUndefined();
  expect(listed.rows[0].payload.bytes).toBeGreaterThan(100_000);
});

test.each([
  ["?limit=0", "limit"],
  ["?limit=ten", "limit"],
  ["?state=lost", "state"],
  ["?after=yesterday", "after"],
  ["?range=1y", "range"],
  ["?id=xyz", "id"],
  ["?cursor=x", "cursor"],
  ["?offset=10", "offset"],
])("tasks%s is refused, naming the parameter", async (query, name) => {
  const { error } = await body(await tasks(get(`/api/tasks${query}`)), 400);
  expect(error.code).toBe("bad_request");
  expect(error.message).toContain(name);
});

test("a missing target is a 404", async () => {
  expect(await body(await tasks(get("/api/tasks?queue=nowhere")), 404)).toMatchObject({
    error: { code: "queue_not_found" },
  });
  const nothing = "01900000-0000-7000-8000-000000000000";
  expect(
    await body(await task(get("/"), at({ queue: QUEUE, taskId: nothing })), 404),
  ).toMatchObject({
    error: { code: "task_not_found" },
  });
  await body(await task(get("/"), at({ queue: QUEUE, taskId: "1" })), 400);
});

test("fifty identical requests share one query", async () => {
  clearSharedReads();
  const answers = new Set<string>();
  const statements = await recordStatements(() =>
    Promise.all(
      Array.from({ length: 50 }, async () =>
        answers.add(await (await tasks(get("/api/tasks?limit=3"))).text()),
      ),
    ),
  );
  expect(answers.size).toBe(1);
  expect(statements.filter(({ text }) => /^begin/i.test(text))).toHaveLength(1);
});

test("aborting a request is never reported as an error", async () => {
  const left = () => new Request("http://localhost:3000/", { signal: AbortSignal.abort() });
  for (const response of [
    health(left()),
    queues(left()),
    task(left(), at({ queue: QUEUE, taskId })),
  ])
    expect((await response).status).toBe(499);
});

test("a lost database is reported without the driver's message", async () => {
  const url = process.env.DATABASE_URL;
  await closePools();
  clearSharedReads();
  process.env.DATABASE_URL = "postgresql://user:hunter2@127.0.0.1:1/x";
  forgetEnvironment();
  expect(await body(await health(get("/api/health")), 503)).toEqual({
    status: "database_unavailable",
    database: "down",
    schemaVersion: null,
  });
  const { error } = await body(await queues(get("/api/queues")), 503);
  expect(error.code).toBe("database_unavailable");
  expect(JSON.stringify(error)).not.toMatch(/hunter2|127\.0\.0\.1/);
  await closePools();
  process.env.DATABASE_URL = url;
  forgetEnvironment();
  expect(await body(await queues(get("/api/queues")))).toMatchObject({ queues: [{ name: QUEUE }] });
});

test("a large value is sent whole, in slices that end between characters", async () => {
  const params = { text: `a${"\u{1F980}".repeat(400_000)}` };
  const spawned = await spawnTask(database.pool, QUEUE, "large", params);
  const response = await payload(get("/?of=params"), at({ queue: QUEUE, taskId: spawned.taskId }));
  const reader = response.body?.getReader();
  const slices: Uint8Array[] = [];
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
    slices.push(part.value);
  expect(slices.length).toBeGreaterThan(3);
  expect(JSON.parse(Buffer.concat(slices).toString())).toEqual(params);
});
