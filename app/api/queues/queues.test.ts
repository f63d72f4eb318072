import { beforeAll, expect, test } from "vitest";
import { awaitEvent } from "@/lib/absurd/events/events";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { openTestDatabase } from "@/testing/dashboard-database";
import { GET as allEvents } from "../events/route";
import { GET as count } from "./[queue]/count/route";
import { GET as events } from "./[queue]/events/route";
import { GET as waiters } from "./[queue]/events/waiters/route";
import { GET as figures } from "./[queue]/figures/route";
import { GET as maintenance } from "./[queue]/maintenance/route";

const QUEUE = "größe, 100% / ?";
const database = openTestDatabase();
let taskId: string;

beforeAll(async () => {
  const { pool } = database;
  await createQueue(pool, QUEUE);
  await createQueue(pool, "other");
  ({ taskId } = await spawnTask(pool, QUEUE, "wait"));
  const [run] = await claimTasks(pool, QUEUE);
  await awaitEvent(pool, QUEUE, {
    taskId,
    runId: run?.runId ?? "",
    stepName: "s",
    eventName: "a/b",
    timeoutSeconds: 60,
  });
});

const get = (query = "") => new Request(`http://localhost:3000/${query}`);
const at = (queue: string) => ({ params: Promise.resolve({ queue }) });

async function body(response: Response, status = 200) {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  return JSON.parse(text);
}

test("events of all queues, some or one, and the waiters of an event", async () => {
  const row = { queue: QUEUE, name: "a/b", state: "awaited", waiters: 1 };
  expect(await body(await allEvents(get()))).toMatchObject({ rows: [row] });
  expect(await body(await allEvents(get("?queue=other&state=awaited")))).toMatchObject({
    rows: [],
  });
  expect(await body(await events(get("?name=a%2F"), at(QUEUE)))).toMatchObject({ rows: [row] });
  expect(await body(await waiters(get("?name=a%2Fb"), at(QUEUE)))).toMatchObject({
    total: 1,
    rows: [{ taskId, taskName: "wait", stepName: "s" }],
  });
});

test("maintenance, figures and the count of finished tasks of a queue", async () => {
  expect(await body(await maintenance(get(), at(QUEUE)))).toMatchObject({
    partitions: null,
    policy: { cleanupLimit: 1_000 },
    storage: [{ table: "tasks" }, {}, {}, {}, {}],
  });
  expect(await body(await figures(get("?range=24h"), at(QUEUE)))).toMatchObject({
    throughput: { window: "24h" },
    latency: { names: [{ name: "wait" }] },
  });
  expect(await body(await count(get(), at(QUEUE)))).toMatchObject({
    completed: { value: 0, precision: "exact" },
  });
});

test("missing and unreadable targets are reported", async () => {
  for (const route of [events, figures, maintenance, count])
    expect(await body(await route(get(), at("nowhere")), 404)).toMatchObject({
      error: { code: "queue_not_found" },
    });
  expect(await body(await allEvents(get("?queue=nowhere")), 404)).toBeDefined();
  for (const [route, query] of [
    [events, "?queue=other"],
    [events, "?state=lost"],
    [waiters, ""],
    [figures, "?range=1y"],
    [maintenance, "?range=1h"],
    [count, "?x=1"],
  ] as const)
    expect(await body(await route(get(query), at(QUEUE)), 400)).toMatchObject({
      error: { code: "bad_request" },
    });
});
