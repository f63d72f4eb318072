import { defaultMaxListeners, setMaxListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, completeTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { getReadPool } from "@/lib/db/pools";
import { runAs } from "@/lib/db/viewer";
import { openTestDatabase } from "@/testing/dashboard-database";
import { type Change, countListeners, listenForChanges } from "./changes";

const database = openTestDatabase();
beforeAll(async () => {
  await createQueue(database.pool, "orders");
  await createQueue(database.pool, "weekly", { storageMode: "partitioned" });
});

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  expect(countListeners()).toBe(0);
});

function listen(): Change[] {
  const changes: Change[] = [];
  const stop = listenForChanges((change) => changes.push(change));
  if (stop) stops.push(stop);
  return changes;
}

const queuesOf = (changes: Change[]) =>
  changes.flatMap((change) => (change.kind === "change" ? (change.queues ?? ["?"]) : []));

/** PostgreSQL publishes a session's counters when it ends. */
async function work(queue: string) {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await spawnTask(client, queue, "ship", null);
  const [run] = await claimTasks(client, queue);
  await completeTask(client, queue, run?.runId ?? "");
  await client.end();
}

test("listeners are notified of changed queues, including partitioned ones", async () => {
  const changes = listen();
  await vi.waitFor(() => expect(changes.length).toBeGreaterThan(0), 15_000);
  await work("orders");
  await vi.waitFor(() => expect(queuesOf(changes)).toContain("orders"), 10_000);
  await work("weekly");
  await vi.waitFor(() => expect(queuesOf(changes)).toContain("weekly"), 10_000);
});

test("a viewer is notified only of visible queues", async () => {
  const viewer = { scope: [{ queues: ["week*"], tenants: null }], payloads: true };
  const visible = runAs(viewer, listen);
  const all = listen();
  await vi.waitFor(() => expect(all.length).toBeGreaterThan(0), 15_000);
  await work("orders");
  await vi.waitFor(() => expect(queuesOf(all)).toContain("orders"), 10_000);
  expect(queuesOf(visible)).not.toContain("orders");
});

test("many listeners are notified of each change one after another, all of them", async () => {
  const heardAt = new Map<number, number>();
  for (let n = 0; n < 100; n++) {
    const stop = listenForChanges((change) => {
      if (queuesOf([change]).includes("orders") && !heardAt.has(n))
        heardAt.set(n, performance.now());
    });
    if (stop) stops.push(stop);
  }
  const ready = listen();
  await vi.waitFor(() => expect(ready.length).toBeGreaterThan(0), 15_000);
  await work("orders");
  await vi.waitFor(() => expect(heardAt.size).toBe(100), 15_000);
  expect((heardAt.get(99) ?? 0) - (heardAt.get(0) ?? 0)).toBeGreaterThan(350);
});

test("one reader serves all listeners, and stops without any", async () => {
  const statements = vi.spyOn(getReadPool(), "query");
  const looks = () =>
    statements.mock.calls.filter(([text]) => String(text).includes("wal_insert")).length;
  for (let n = 0; n < 50; n++) listen();
  expect(countListeners()).toBe(50);
  await pause(3_500);
  expect(looks()).toBeGreaterThan(1);
  expect(looks()).toBeLessThanOrEqual(5);
  for (const stop of stops.splice(0)) stop();
  const before = looks();
  await pause(2_500);
  expect(looks()).toBe(before);
});

test("a reader that polls for long adds no listeners to its signal", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on("warning", note);
  setMaxListeners(2);
  try {
    const changes = listen();
    await vi.waitFor(() => expect(changes.length).toBeGreaterThan(2), 30_000);
  } finally {
    setMaxListeners(defaultMaxListeners);
    process.off("warning", note);
  }
  expect(warnings.map(({ message }) => message)).toEqual([]);
});
