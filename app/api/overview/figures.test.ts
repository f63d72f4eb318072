import { beforeAll, expect, test } from "vitest";
import { GET as failedTasks } from "@/app/api/failures/[group]/tasks/route";
import { GET as failures } from "@/app/api/failures/route";
import { GET as workers } from "@/app/api/workers/route";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, failTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { openTestDatabase } from "@/testing/dashboard-database";
import { GET as latency } from "./latency/route";
import { GET as throughput } from "./throughput/route";

const QUEUE = "größe, 100% / ?";
const database = openTestDatabase();

beforeAll(async () => {
  const { pool } = database;
  await createQueue(pool, QUEUE);
  await spawnTask(pool, QUEUE, "a,b", { secret: "hunter2" }, { maxAttempts: 1 });
  const [run] = await claimTasks(pool, QUEUE, { workerId: "w:1" });
  await failTask(pool, QUEUE, run?.runId ?? "", { name: "Boom", message: "no 1" });
});

type Route = (request: Request) => Promise<Response>;

async function get(route: Route, query = "", status = 200) {
  const response = await route(new Request(`http://localhost:3000/${query}`));
  const text = await response.text();
  expect(response.status, text).toBe(status);
  expect(text).not.toContain("hunter2");
  return JSON.parse(text);
}

test("each kind of figures over time has a route", async () => {
  expect(
    await get(failures, `?queue=${encodeURIComponent("größe%2C 100% / ?")}&name=a%252Cb`),
  ).toMatchObject({
    window: "24h",
    groups: [{ taskName: "a,b", errorName: "Boom", pattern: "no <n>", queues: [QUEUE] }],
    lookedBackTo: null,
  });
  expect(await get(workers)).toMatchObject({
    window: "1h",
    workers: [{ name: "w:1", queues: [QUEUE], failed: 1 }],
  });
  expect(await get(throughput, "?range=7d")).toMatchObject({
    window: "7d",
    stepSeconds: 7_200,
    queues: [{ name: QUEUE }],
  });
  expect(await get(latency, "?range=24h")).toMatchObject({
    names: [{ name: "a,b", tasks: { value: 1, precision: "exact" } }],
    complete: true,
  });
});

test("the failed tasks of an error group are listed", async () => {
  const { groups } = await get(failures);
  const response = await failedTasks(new Request("http://localhost:3000/?range=1h"), {
    params: Promise.resolve({ group: groups[0].id }),
  });
  expect(await response.json()).toMatchObject({
    tasks: [{ queue: QUEUE, taskId: groups[0].samples[0].taskId }],
    more: 0,
  });
});

test.each<[string, Route]>([
  ["failures", failures],
  ["workers", workers],
  ["throughput", throughput],
  ["latency", latency],
])("%s refuse unknown values", async (_, route) => {
  const { error } = await get(route, "?range=2h", 400);
  expect(error).toMatchObject({ code: "bad_request", message: expect.stringContaining("range") });
  expect((await get(route, "?window=1h", 400)).error.message).toContain("window");
});

test("a missing queue is a 404", async () => {
  expect((await get(failures, "?queue=nowhere", 404)).error.code).toBe("queue_not_found");
});
