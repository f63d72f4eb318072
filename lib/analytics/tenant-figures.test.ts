import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, completeTask, failTask, scheduleRun } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { cancelTask } from "@/lib/absurd/tasks/tasks";
import { openTestDatabase } from "@/testing/dashboard-database";
import { getLatency, getQueueFigures, getThroughput } from "./overview";
import { countTerminalTasksExactly, listQueues } from "./queues";

const database = openTestDatabase();

/** Tenant and state of each task; one has no tenant. Unclaimed tasks come last. */
const SCENE = [
  ["acme", "completed"],
  ["acme", "completed"],
  ["acme", "failed"],
  ["acme", "sleeping"],
  ["globex", "completed"],
  ["globex", "cancelled"],
  ["globex", "running"],
  [null, "completed"],
  ["acme", "pending"],
] as const;

beforeAll(async () => {
  const { pool } = database;
  for (const queue of ["orders", "mail"]) {
    await createQueue(pool, queue);
    const scene = queue === "orders" ? SCENE : SCENE.filter(([, fate]) => fate === "completed");
    for (const [tenant, fate] of scene) {
      const { taskId } = await spawnTask(
        pool,
        queue,
        `${fate}-job`,
        {},
        {
          maxAttempts: 1,
          ...(tenant && { headers: { tenant_id: tenant } }),
        },
      );
      if (fate === "cancelled") await cancelTask(pool, queue, { taskId });
      if (fate === "cancelled" || fate === "pending") continue;
      const [run] = await claimTasks(pool, queue, { claimTimeoutSeconds: 600 });
      if (!run) throw new Error("Nothing was claimed.");
      if (fate === "completed") await completeTask(pool, queue, run.runId, null);
      if (fate === "failed") await failTask(pool, queue, run.runId, { name: "E", message: "no" });
      if (fate === "sleeping")
        await scheduleRun(pool, queue, run.runId, new Date(Date.now() + 3_600_000));
    }
  }
});

const orders = async (tenant: string[]) =>
  (await listQueues({ tenant })).queues.find(({ name }) => name === "orders");
const exact = (value: number) => ({ value, precision: "exact" });

test("a queue's counts cover the given tenants only, and add up to the counts of all tenants", async () => {
  expect(await orders(["acme"])).toMatchObject({
    active: { pending: 1, running: 0, sleeping: 1 },
    ready: 1,
    terminal: { completed: exact(2), failed: exact(1), cancelled: exact(0) },
  });
  expect(await orders(["globex"])).toMatchObject({
    active: { pending: 0, running: 1, sleeping: 0 },
    ready: 0,
    oldestReadyAt: null,
    terminal: { completed: exact(1), failed: exact(0), cancelled: exact(1) },
  });
  expect(await orders(["acme", "globex"])).toMatchObject({
    active: { pending: 1, running: 1, sleeping: 1 },
    terminal: { completed: exact(3) },
  });
  expect(await orders([])).toMatchObject({ terminal: { completed: exact(4) } });
  expect((await listQueues({ tenant: ["nobody"] })).queues.map(({ name }) => name)).toEqual([
    "mail",
    "orders",
  ]);
});

test("attempts over time, waits and run times cover the given tenants only", async () => {
  const sum = (counts: number[] | undefined) => (counts ?? []).reduce((all, one) => all + one, 0);
  const { queues } = await getThroughput("1h", { tenant: ["acme"] });
  const found = queues.find(({ name }) => name === "orders");
  expect([sum(found?.completed), sum(found?.failed), sum(found?.running)]).toEqual([2, 1, 0]);
  const latency = await getLatency("1h", { tenant: ["globex"] });
  expect(latency.queues).toMatchObject([
    { name: "orders", tasks: exact(3) },
    { name: "mail", tasks: exact(1) },
  ]);
  const figures = await getQueueFigures("orders", "1h", { tenant: ["globex"] });
  expect(figures.latency.names.map(({ name }) => name).sort()).toEqual([
    "cancelled-job",
    "completed-job",
    "running-job",
  ]);
  expect(sum(figures.throughput.queues[0]?.running)).toBe(1);
});

test("ended tasks of a tenant can be counted exactly", async () => {
  expect(await countTerminalTasksExactly("orders", { tenant: ["acme"] })).toMatchObject({
    completed: exact(2),
    failed: exact(1),
    cancelled: exact(0),
  });
});
