import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createQueue, dropQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { cancelTask } from "@/lib/absurd/tasks/tasks";
import { getReadPool } from "@/lib/db/pools";
import { runAs } from "@/lib/db/viewer";
import type { TaskAddress } from "@/lib/model/task";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { openTestDatabase } from "@/testing/dashboard-database";
import { refreshTasks } from "./known-tasks";
import { clearSharedReads } from "./shared-reads";

const database = openTestDatabase();
beforeAll(async () => {
  for (const queue of ["orders", "mail"]) await createQueue(database.pool, queue);
});
beforeEach(clearSharedReads);

async function spawn(queue: string): Promise<TaskAddress> {
  const { taskId } = await spawnTask(database.pool, queue, "ship", null);
  return { queue, taskId };
}

const request = (headers = {}) => ({
  signal: new AbortController().signal,
  headers: new Headers(headers),
});
const refresh = (rows: TaskAddress[], filters = {}, requester = request()) =>
  refreshTasks(requester, taskFilters(filters), rows);
const states = ({ rows }: Awaited<ReturnType<typeof refresh>>) => rows.map(({ state }) => state);

test("rows on screen are refreshed, even if newer ones pushed them to another page", async () => {
  const shown = [await spawn("orders"), await spawn("mail")];
  for (let n = 0; n < 60; n++) await spawn("orders");
  const [first] = shown;
  if (first) await cancelTask(database.pool, first.queue, { taskId: first.taskId });
  const known = await refresh(shown);
  expect(states(known)).toEqual(["cancelled", "pending"]);
  expect(known.removed).toEqual([]);
});

test("rows that no longer match or exist are removed", async () => {
  const [cancelled, kept] = [await spawn("orders"), await spawn("orders")];
  await cancelTask(database.pool, cancelled.queue, { taskId: cancelled.taskId });
  await createQueue(database.pool, "gone");
  const gone = await spawn("gone");
  await dropQueue(database.pool, "gone");
  const known = await refresh([cancelled, kept, gone], { state: ["pending"] });
  expect(known.rows).toHaveLength(2);
  expect(known.removed).toEqual([cancelled, gone]);
});

test("a filter by queue or idempotency key applies too", async () => {
  const [order, mail] = [await spawn("orders"), await spawn("mail")];
  expect((await refresh([order, mail], { queue: ["mail"] })).removed).toEqual([order]);
  expect((await refresh([order, mail], { idempotency: ["none"] })).removed).toEqual([order, mail]);
});

test("many tabs with different rows share one read per second", async () => {
  const all = await Promise.all(Array.from({ length: 30 }, () => spawn("orders")));
  const connects = vi.spyOn(getReadPool(), "connect");
  const tabs = () => Promise.all(all.map((_, n) => refresh(all.slice(0, n + 1))));
  const known = await tabs();
  expect(known.map(({ rows }) => rows.length)).toEqual(all.map((_, n) => n + 1));
  await tabs();
  expect(connects).toHaveBeenCalledTimes(1);
  await pause(1_000);
  await tabs();
  expect(connects).toHaveBeenCalledTimes(2);
});

test("a bypassing request, and one after a change, receive freshly read rows", async () => {
  const address = await spawn("orders");
  expect(states(await refresh([address]))).toEqual(["pending"]);
  await cancelTask(database.pool, address.queue, { taskId: address.taskId });
  expect(states(await refresh([address]))).toEqual(["pending"]);
  expect(states(await refresh([address], {}, request({ "X-Bypass-Cache": "1" })))).toEqual([
    "cancelled",
  ]);
});

test("a tab that closes does not reject the rows of other tabs", async () => {
  const address = await spawn("orders");
  const gone = new AbortController();
  const abandoned = refresh([address], {}, { ...request(), signal: gone.signal });
  const other = refresh([address]);
  gone.abort(new Error("gone"));
  await expect(abandoned).rejects.toThrow("gone");
  expect(states(await other)).toEqual(["pending"]);
});

test("viewers of different queues never share rows", async () => {
  const address = await spawn("orders");
  expect((await refresh([address])).rows).toHaveLength(1);
  const viewer = { scope: [{ queues: ["mail"], tenants: null }], payloads: true };
  expect(await runAs(viewer, () => refresh([address]))).toMatchObject({
    rows: [],
    removed: [address],
  });
});
