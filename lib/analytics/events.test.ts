import { Client } from "pg";
import { beforeAll, expect, test } from "vitest";
import { awaitEvent, emitEvent } from "@/lib/absurd/events/events";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { cancelTask } from "@/lib/absurd/tasks/tasks";
import { forgetEnvironment } from "@/lib/db/env";
import { migrate } from "@/lib/db/migrate";
import { closePools } from "@/lib/db/pools";
import { type EventFilters, eventFilters } from "@/lib/search-params/events";
import { openTestDatabase } from "@/testing/dashboard-database";
import { listEvents, listWaiters } from "./events";
import { getEventPayload } from "./payloads";

const QUEUE = "events 'here'";
const OTHER = "other";
const database = openTestDatabase();
const list = (filters: Partial<EventFilters> = {}) => listEvents(eventFilters(filters));

const EMITTED = ["paid:3", "elsewhere", "paid:2", 'odd "name" ü\n', "paid:1"];
const AWAITED = ["overdue", "shipped:1", "arrived", "cleaned", "no timeout"];
const ASKED = ["abandoned:1", "abandoned:2"];

/** Suspends a new task on an event and returns it. */
async function wait(queue: string, eventName: string, timeoutSeconds: number | null) {
  const { pool } = database;
  const { taskId } = await spawnTask(pool, queue, "order");
  const runs = await claimTasks(pool, queue, { quantity: 1 });
  const runId = runs.find((run) => run.taskId === taskId)?.runId ?? "";
  await awaitEvent(pool, queue, { taskId, runId, stepName: "s", eventName, timeoutSeconds });
  return { taskId, runId };
}

beforeAll(async () => {
  const { pool } = database;
  await createQueue(pool, QUEUE);
  await createQueue(pool, OTHER);
  for (const name of EMITTED.toReversed())
    await emitEvent(pool, name === "elsewhere" ? OTHER : QUEUE, name, { name });
  for (const name of ASKED) {
    const { taskId } = await wait(QUEUE, name, null);
    await cancelTask(pool, QUEUE, { taskId });
  }
  await wait(QUEUE, "no timeout", null);
  await wait(QUEUE, "shipped:1", 60);
  await wait(QUEUE, "shipped:1", 30);
  await wait(QUEUE, "shipped:1", null);
  await wait(QUEUE, "cleaned", null);
  await wait(OTHER, "arrived", 45);
  // Due at once: it must be the last, or it would be claimed again.
  await wait(QUEUE, "overdue", 0);
  await pool.query(`delete from absurd."e_events 'here'" where event_name = 'cleaned'`);
});

const names = (page: { rows: { name: string }[] }) => page.rows.map((row) => row.name);

test("awaited events come first, those without waiters last", async () => {
  const page = await list();
  expect(names(page)).toEqual([...AWAITED, ...EMITTED, ...ASKED]);
  expect(page.rows.map((row) => row.state)).toEqual([
    ...AWAITED.map(() => "awaited"),
    ...EMITTED.map(() => "emitted"),
    ...ASKED.map(() => "asked"),
  ]);
  expect(page.unreadable).toBeUndefined();
});

test("an awaited event has the number of runs that an emit would wake, and the earliest timeout", async () => {
  const { rows, now } = await list({ state: ["awaited"] });
  const [overdue, shipped, arrived] = rows;
  expect(overdue).toMatchObject({ queue: QUEUE, waiters: 0, overdue: 1, emittedAt: null });
  expect(Date.parse(overdue?.nextTimeoutAt ?? "")).toBeLessThanOrEqual(Date.parse(now));
  expect(shipped).toMatchObject({ waiters: 3, overdue: 0, payload: null });
  const left = Date.parse(shipped?.nextTimeoutAt ?? "") - Date.parse(now);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(30_000);
  expect(arrived).toMatchObject({ queue: OTHER, waiters: 1 });
  expect(rows.at(-1)).toMatchObject({ name: "no timeout", waiters: 1, nextTimeoutAt: null });
});

test("an emitted event has its payload, one that was never emitted has none", async () => {
  const [emitted] = (await list({ state: ["emitted"] })).rows;
  expect(emitted?.payload?.text).toBe('{"name": "paid:3"}');
  expect(emitted?.emittedAt).toMatch(/Z$/);
  const [asked] = (await list({ state: ["asked"] })).rows;
  expect(asked).toMatchObject({ waiters: 0, overdue: 0, nextTimeoutAt: null, emittedAt: null });
});

test("filters by queue, state and prefix of the name", async () => {
  const found = async (filters: Partial<EventFilters>) => names(await list(filters));
  expect(await found({ queue: [OTHER] })).toEqual(["arrived", "elsewhere"]);
  expect(await found({ state: ["awaited"] })).toEqual(AWAITED);
  expect(await found({ state: ["emitted", "asked"] })).toEqual([...EMITTED, ...ASKED]);
  expect(await found({ name: "paid:" })).toEqual(["paid:3", "paid:2", "paid:1"]);
  expect(await found({ name: "a" })).toEqual(["arrived", "abandoned:1", "abandoned:2"]);
  expect(await found({ name: "%" })).toEqual([]);
  await expect(list({ queue: ["nowhere"] })).rejects.toMatchObject({ code: "queue_not_found" });
});

test.each([1, 2, 3, 5, 11])("pages of %i cover all sections forward and back", async (limit) => {
  const all = [...AWAITED, ...EMITTED, ...ASKED];
  const forward: string[][] = [];
  let page = await list({ limit });
  for (;;) {
    forward.push(names(page));
    if (!page.older) break;
    page = await list({ limit, cursor: page.older });
  }
  expect(forward.flat()).toEqual(all);
  const back = [names(page)];
  while (page.newer) {
    page = await list({ limit, cursor: page.newer });
    back.unshift(names(page));
  }
  expect(back.flat()).toEqual(all);
});

test("an emitted event is not awaited, even while runs still wait", async () => {
  const { pool } = database;
  const { taskId, runId } = await wait(OTHER, "left over", null);
  await emitEvent(pool, OTHER, "left over");
  await pool.query(
    `insert into absurd.w_other (task_id, run_id, step_name, event_name) values ($1, $2, 's', 'left over')`,
    [taskId, runId],
  );
  expect((await list({ name: "left" })).rows).toMatchObject([{ state: "emitted", waiters: 1 }]);
});

test("the waiters of an event come earliest timeout first, with their number", async () => {
  const { rows, total } = await listWaiters(QUEUE, "shipped:1", { limit: 2 });
  expect(total).toBe(3);
  expect(rows).toMatchObject([
    { taskName: "order", stepName: "s", timeoutAt: expect.stringMatching(/Z$/) },
    { taskName: "order", timeoutAt: expect.stringMatching(/Z$/) },
  ]);
  expect(Date.parse(rows[0]?.timeoutAt ?? "")).toBeLessThan(Date.parse(rows[1]?.timeoutAt ?? ""));
  expect((await listWaiters(QUEUE, "no timeout")).rows).toMatchObject([{ timeoutAt: null }]);
  expect(await listWaiters(QUEUE, "never heard of")).toMatchObject({ rows: [], total: 0 });
});

test("a large payload is listed by size, and returned in full on request", async () => {
  await emitEvent(database.pool, QUEUE, "zz large", { pad: "x".repeat(90_000) });
  const [row] = (await list({ name: "zz" })).rows;
  expect(row?.payload).toEqual({ bytes: 90_011 });
  expect((await getEventPayload(QUEUE, "zz large")).join("").length).toBe(90_011);
});

test("cursors of another list are refused", async () => {
  const forge = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString("base64url");
  const forged = [
    ["older", "emitted", "'; drop", "a", "b"],
    ["older", "paid", "infinity", "a", "b"],
    ["older", "a"],
  ].map(forge);
  for (const cursor of ["", "x", ...forged])
    await expect(list({ cursor })).rejects.toMatchObject({ code: "bad_request" });
});

test("awaited events are listed in order while waits end and begin", async () => {
  const { pool } = database;
  await createQueue(pool, "moving");
  const begin = (first: number, last: number) =>
    pool.query(
      `insert into absurd.w_moving (task_id, run_id, step_name, event_name, timeout_at)
       select absurd.portable_uuidv7(), absurd.portable_uuidv7(), 's', 'event ' || n, now() + n * interval '1 min'
       from generate_series($1::int, $2::int) n`,
      [first, last],
    );
  const first = async (limit: number) => {
    const { rows } = await pool.query(
      "select event_name from absurd.w_moving group by 1 order by min(timeout_at) limit $1",
      [limit],
    );
    return rows.map((row) => row.event_name);
  };
  const check = async () => {
    for (const limit of [1, 2, 5])
      expect(names(await list({ queue: ["moving"], limit }))).toEqual(await first(limit));
  };
  await begin(10, 60);
  await check();
  for (let end = 12; end < 66; end += 6) {
    await pool.query(
      "delete from absurd.w_moving where timeout_at <= now() + $1 * interval '1 min'",
      [end],
    );
    await check();
  }
  await begin(1, 40);
  await check();
  await check();
});

/** Has other orders of texts than by code points. */
const ICU = "template template0 encoding 'UTF8' locale_provider icu icu_locale 'en'";

test("a prefix finds the names that begin with it, however the database orders texts", async () => {
  const all = [
    "a",
    "a:1",
    "a-2",
    "A",
    "A:3",
    "\u00e1:4",
    "b",
    "\ud7ff5",
    "\ue0006",
    "\u{10ffff}",
    "\u{10ffff}7",
  ];
  const check = async (queue: string) => {
    for (const prefix of [...all, "a:", "\ud7ff", "\ue000", "c"])
      expect(names(await list({ queue: [queue], name: prefix })).toSorted()).toEqual(
        all.filter((name) => name.startsWith(prefix)).toSorted(),
      );
  };
  await createQueue(database.pool, "names");
  for (const name of all) await emitEvent(database.pool, "names", name, null);
  await check("names");
  await database.pool.query(
    'alter table absurd.e_names alter column event_name type text collate "en-x-icu"',
  );
  await check("names");

  const url = new URL(database.url);
  url.pathname += "_icu";
  const name = url.pathname.slice(1);
  await database.pool.query(`create database ${name} ${ICU}`);
  const client = new Client({ connectionString: url.href });
  try {
    await client.connect();
    await migrate(client, "engine");
    await createQueue(client, "names");
    for (const event of all) await emitEvent(client, "names", event, null);
    await use(url.href);
    await check("names");
  } finally {
    await client.end();
    await use(database.url);
    await database.pool.query(`drop database ${name}`);
  }
});

async function use(url: string) {
  process.env.DATABASE_URL = url;
  forgetEnvironment();
  await closePools();
}
