import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, completeTask, failTask, scheduleRun } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { cancelTask } from "@/lib/absurd/tasks/tasks";
import { openTestDatabase } from "@/testing/dashboard-database";
import { getQueue, listQueues } from "./queues";

const database = openTestDatabase();

beforeAll(async () => {
  await createQueue(database.pool, 'odd "queue"');
  await createQueue(database.pool, "parts", { storageMode: "partitioned" });
});

async function claim(queue: string, options = {}): Promise<string> {
  const [run] = await claimTasks(database.pool, queue, options);
  if (!run) throw new Error("nothing to claim");
  return run.runId;
}

test.each(['odd "queue"', "parts"])("the tasks of %s are counted by state", async (queue) => {
  const { pool } = database;
  const spawn = () => spawnTask(pool, queue, "work", null, { maxAttempts: 1 });
  await spawn();
  await completeTask(pool, queue, await claim(queue));
  await spawn();
  await failTask(pool, queue, await claim(queue), "broken");
  await cancelTask(pool, queue, { taskId: (await spawn()).taskId });
  await spawn();
  await scheduleRun(pool, queue, await claim(queue), { inSeconds: 3_600 });
  await spawn();
  const overdue = await claim(queue);
  await spawn();
  await claim(queue, { claimTimeoutSeconds: 600 });
  await spawn();
  await claim(queue, { claimTimeoutSeconds: 1 });
  await scheduleRun(pool, queue, overdue, { inSeconds: 0 });
  await spawn();
  await spawn();
  await pool.query("select pg_sleep(1.1)");

  const found = await getQueue(queue);
  expect(found).toMatchObject({
    name: queue,
    storageMode: queue === "parts" ? "partitioned" : "unpartitioned",
    active: { pending: 2, running: 2, sleeping: 2 },
    terminal: {
      completed: { value: 1, precision: "exact" },
      failed: { value: 1, precision: "exact" },
      cancelled: { value: 1, precision: "exact" },
    },
    ready: 3,
    overdueSleepers: 1,
    expiredLeases: 1,
  });
  expect(Date.parse(found.now) - Date.parse(found.oldestReadyAt ?? "")).toBeGreaterThan(1_000);
  const { queues } = await listQueues();
  expect(queues.map((one) => one.name)).toEqual(['odd "queue"', "parts"]);
});

test("large tables are estimated, and capped while there are no statistics", async () => {
  const { pool } = database;
  for (const [queue, storageMode] of [
    ["big", "unpartitioned"],
    ["big parts", "partitioned"],
  ] as const) {
    await createQueue(pool, queue, { storageMode });
    await pool.query(`
      insert into absurd."t_${queue}" (task_id, task_name, params, state, attempts)
      select absurd.portable_uuidv7(), 'work', jsonb_build_object('pad', repeat('x', 200)),
        case when n % 10 = 0 then 'failed' when n % 100 = 1 then 'cancelled' else 'completed' end, 1
      from generate_series(1, 30000) n`);
    const early = await getQueue(queue);
    expect(early.terminal.failed.precision).toBe("capped");
    expect(early.terminal.completed.value).toBeLessThanOrEqual(20_000);
    await pool.query(`analyze absurd."t_${queue}"`);
    const { completed, failed, cancelled } = (await getQueue(queue)).terminal;
    expect(completed.precision).toBe("estimated");
    expect(completed.value).toBeGreaterThan(25_000);
    expect(completed.value).toBeLessThan(28_000);
    expect(failed.value).toBeGreaterThan(2_500);
    expect(cancelled.value).toBeGreaterThan(100);
  }
});

test("a task that makes every claim fail is found among many others", async () => {
  const { pool } = database;
  const queue = "crowded";
  await createQueue(pool, queue);
  await pool.query(`
    insert into absurd.t_crowded (task_id, task_name, params, state, attempts)
    select absurd.portable_uuidv7(), 'work', '{}', case when n <= 600 then 'pending' else 'completed' end, 1
    from generate_series(1, 2600) n`);
  await pool.query(`
    insert into absurd.r_crowded (run_id, task_id, attempt, state, available_at)
    select absurd.portable_uuidv7(), task_id, 1, 'pending', now() - interval '1 hour'
    from absurd.t_crowded where state = 'pending'`);
  const { taskId } = await spawnTask(pool, queue, "poison", null);
  const setPolicy = (policy: string, where: string) =>
    pool.query(`update absurd.t_crowded set cancellation = '${policy}' where ${where}`);
  await setPolicy('{"max_duration": 1.5}', "task_name = 'poison'");
  const find = async () => (await getQueue(queue)).claims?.poison.map((task) => task.taskId);
  expect(await find()).toEqual([taskId]);

  // More policies than are searched, and then no index of them: only the tasks that are due first are searched.
  await setPolicy('{"max_duration": 60}', "task_name = 'work' and state = 'pending'");
  expect(await find()).toEqual([]);
  await pool.query(
    "update absurd.r_crowded set available_at = now() - interval '1 day' where task_id = $1",
    [taskId],
  );
  expect(await find()).toEqual([taskId]);
  await pool.query("drop index absurd.t_crowded_ci");
  expect(await find()).toEqual([taskId]);
});

test("a queue without its tables is listed with the reason", async () => {
  await createQueue(database.pool, "broken");
  await database.pool.query("drop table absurd.r_broken");
  const queue = (await listQueues()).queues.find((one) => one.name === "broken");
  expect(queue).toMatchObject({
    active: { pending: 0 },
    unreadable: "tables_missing",
  });
});

test("an unknown queue is an error", async () => {
  await expect(getQueue("x".repeat(80))).rejects.toMatchObject({ code: "queue_not_found" });
});
