import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { migrate } from "@/lib/db/migrate";
import { openTestDatabase } from "@/testing/dashboard-database";
import { getSetup } from "./setup";

const database = openTestDatabase({ empty: true });

beforeAll(() => {
  expect(database.url).toContain("@");
});

test("an empty database is set up step by step, and each step is shown", async () => {
  const { pool } = database;
  const { rows } = await pool.query("select current_database() as name, current_user as user");
  expect(await getSetup()).toMatchObject({
    database: rows[0],
    engine: null,
    hasDashboardTables: false,
    queues: [],
  });
  const client = await pool.connect();
  await migrate(client as never, "engine");
  expect(await getSetup()).toMatchObject({
    engine: { version: "0.5.1" },
    hasDashboardTables: false,
    queues: [],
    newestTask: null,
    newestClaim: null,
  });
  await migrate(client as never, "dashboard");
  client.release();
  await createQueue(pool, "orders");
  expect(await getSetup()).toMatchObject({ hasDashboardTables: true, queues: ["orders"] });
  const { taskId } = await spawnTask(pool, "orders", "hello");
  expect(await getSetup()).toMatchObject({
    newestTask: { queue: "orders", taskId },
    newestClaim: null,
  });
  await claimTasks(pool, "orders", { workerId: "laptop" });
  expect((await getSetup()).newestClaim).toEqual({ queue: "orders", worker: "laptop" });
});

test("the address for workers has no password", async () => {
  const { url } = (await getSetup()).database;
  expect(url).toMatch(/^postgresql:\/\/[^:@/]+@/);
  expect(new URL(url).password).toBe("");
});
