import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, completeTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { openTestDatabase } from "@/testing/dashboard-database";
import { getBaseline } from "./baseline";

const database = openTestDatabase();
const queue = "a queue";

beforeAll(() => createQueue(database.pool, queue));

async function complete(name: string, count: number, seconds: number) {
  const { pool } = database;
  for (let n = 0; n < count; n++) await spawnTask(pool, queue, name, {});
  for (const { runId } of await claimTasks(pool, queue, { quantity: count }))
    await completeTask(pool, queue, runId);
  await pool.query(
    `update absurd."r_${queue}" r set completed_at = r.started_at + make_interval(secs => $2)
       from absurd."t_${queue}" t where t.task_id = r.task_id and t.task_name = $1`,
    [name, seconds],
  );
  await pool.query(
    `update absurd."t_${queue}" t set first_started_at = first_started_at - interval '1 minute' where task_name = $1`,
    [name],
  );
}

test("returns medians of the completed tasks of one name, and their sample", async () => {
  await complete("ship", 9, 5);
  await complete("bill", 20, 1);
  const { usual } = await getBaseline(queue, "ship");
  expect(usual).toMatchObject({ tasks: 9, attemptMs: 5_000, taskMs: 65_000 });
  expect(Date.parse(usual?.from ?? "")).toBeLessThanOrEqual(Date.parse(usual?.to ?? ""));
});

test("there is no baseline for few tasks or none, and an unknown queue is an error", async () => {
  await complete("rare", 7, 5);
  expect(await getBaseline(queue, "rare")).toEqual({ usual: null });
  expect(await getBaseline(queue, "none")).toEqual({ usual: null });
  await expect(getBaseline("nowhere", "ship")).rejects.toMatchObject({ code: "queue_not_found" });
});
