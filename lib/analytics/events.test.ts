import { beforeAll, expect, test } from "vitest";
import { awaitEvent, emitEvent } from "@/lib/absurd/events";
import { createQueue } from "@/lib/absurd/queues";
import { claimTasks } from "@/lib/absurd/runs";
import { spawnTask } from "@/lib/absurd/tasks";
import { openTestDatabase } from "@/lib/db/testing";
import { type EventFilters, eventFilters } from "@/lib/search-params/events";
import { listEvents } from "./events";
import { getEventPayload } from "./payloads";

const QUEUE = "events 'here'";
const database = openTestDatabase();
const list = (filters: Partial<EventFilters> = {}) => listEvents(QUEUE, eventFilters(filters));

const EMITTED = ["paid:3", "paid:2", 'odd "name" ü\n', "paid:1"];
const AWAITED = ["cleaned", "shipped:1", "shipped:2"];

beforeAll(async () => {
  const { pool } = database;
  await createQueue(pool, QUEUE);
  for (const name of EMITTED.toReversed()) await emitEvent(pool, QUEUE, name, { name });
  const waits = [
    ["shipped:1", 60],
    ["shipped:1", 30],
    ["shipped:1", null],
    ["cleaned", null],
    // Due at once: it must be the last, or it would be claimed again.
    ["shipped:2", 0],
  ] as const;
  for (const [eventName, timeoutSeconds] of waits) {
    const { taskId } = await spawnTask(pool, QUEUE, "order");
    const runs = await claimTasks(pool, QUEUE, { quantity: 1 });
    const runId = runs.find((run) => run.taskId === taskId)?.runId ?? "";
    await awaitEvent(pool, QUEUE, { taskId, runId, stepName: "s", eventName, timeoutSeconds });
  }
  await pool.query(`delete from absurd."e_events 'here'" where event_name = 'cleaned'`);
});

test("awaited events come first, by name, then emitted ones, newest first", async () => {
  const page = await list();
  expect(page.rows.map((row) => row.name)).toEqual([...AWAITED, ...EMITTED]);
  expect(page.rows[1]).toMatchObject({ queue: QUEUE, emittedAt: null, payload: null, waiters: 3 });
  const timeout = Date.parse(page.rows[1]?.nextTimeoutAt ?? "") - Date.parse(page.now);
  expect(timeout).toBeGreaterThan(0);
  expect(timeout).toBeLessThanOrEqual(30_000);
  expect(page.rows[2]).toMatchObject({ waiters: 0, nextTimeoutAt: null });
  expect(page.rows[3]?.payload?.text).toBe('{"name": "paid:3"}');
  expect(page.rows[3]?.emittedAt).toMatch(/Z$/);
});

test("filters by state and beginning of the name", async () => {
  const names = async (filters: Partial<EventFilters>) =>
    (await list(filters)).rows.map((row) => row.name);
  expect(await names({ state: ["awaited"] })).toEqual(AWAITED);
  expect(await names({ state: ["emitted"] })).toEqual(EMITTED);
  expect(await names({ name: "paid:" })).toEqual(["paid:3", "paid:2", "paid:1"]);
  expect(await names({ name: "shipped:2" })).toEqual(["shipped:2"]);
  expect(await names({ name: "%" })).toEqual([]);
});

test.each([1, 2, 3, 4])("pages of %i go forward and back over both parts", async (limit) => {
  const forward: string[][] = [];
  let page = await list({ limit });
  for (;;) {
    forward.push(page.rows.map((row) => row.name));
    if (!page.older) break;
    page = await list({ limit, cursor: page.older });
  }
  expect(forward.flat()).toEqual([...AWAITED, ...EMITTED]);
  const back = [page.rows.map((row) => row.name)];
  while (page.newer) {
    page = await list({ limit, cursor: page.newer });
    back.unshift(page.rows.map((row) => row.name));
  }
  expect(back.flat()).toEqual([...AWAITED, ...EMITTED]);
});

test("a large payload comes with its size, and whole on demand", async () => {
  await emitEvent(database.pool, QUEUE, "zz large", { pad: "x".repeat(90_000) });
  const [row] = (await list({ name: "zz" })).rows;
  expect(row?.payload).toEqual({ bytes: 90_011 });
  expect((await getEventPayload(QUEUE, "zz large")).length).toBe(90_011);
});

test("foreign cursors are refused", async () => {
  const forged = Buffer.from('["older","a","\'; drop"]').toString("base64url");
  for (const cursor of ["", "x", forged])
    await expect(list({ cursor })).rejects.toMatchObject({ code: "bad_request" });
});
