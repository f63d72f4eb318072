import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, completeTask, failTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { openTestDatabase } from "@/testing/dashboard-database";
import { listWorkers } from "./workers";

const database = openTestDatabase();
const QUEUES = ['odd "queue"', "parts"];

beforeAll(async () => {
  await createQueue(database.pool, 'odd "queue"');
  await createQueue(database.pool, "parts", { storageMode: "partitioned" });
});

/** Spawns a task and lets a worker claim it. */
async function claim(queue: string, workerId: string, claimTimeoutSeconds = 600) {
  const { taskId } = await spawnTask(database.pool, queue, "work", null, { maxAttempts: 1 });
  const [run] = await claimTasks(database.pool, queue, { workerId, claimTimeoutSeconds });
  if (!run) throw new Error("nothing to claim");
  return { taskId, runId: run.runId };
}

const worker = async (name: string) =>
  (await listWorkers("1h")).workers.find((candidate) => candidate.name === name);

test("a worker's figures are the sum of its claims in all queues", async () => {
  const { pool } = database;
  for (const queue of QUEUES) {
    await completeTask(pool, queue, (await claim(queue, "busy:1")).runId);
    await failTask(pool, queue, (await claim(queue, "busy:1")).runId, "broken");
  }
  const first = await claim("parts", "busy:1", 60);
  for (let n = 0; n < 3; n++) await claim('odd "queue"', "busy:1");
  const found = await worker("busy:1");
  expect(found).toMatchObject({ running: 4, expired: 0, withoutLease: 0 });
  expect(found).toMatchObject({ completed: 2, failed: 2, lost: 0 });
  expect(found?.queues.toSorted()).toEqual(QUEUES.toSorted());
  expect(found?.held).toHaveLength(3);
  expect(found?.held[0]).toMatchObject({ queue: "parts", taskId: first.taskId, taskName: "work" });
  const lease = Date.parse(found?.nextLeaseEnd ?? "") - Date.parse(found?.held[0]?.claimedAt ?? "");
  expect(Math.abs(lease - 60_000)).toBeLessThan(1_000);
});

test("a lost lease is counted for the worker that lost it and does not update its last sign of life", async () => {
  const { pool } = database;
  await claim("parts", "gone:1", 1);
  const claimed = await worker("gone:1");
  await pool.query("select pg_sleep(1.1)");
  expect(await worker("gone:1")).toMatchObject({ running: 1, expired: 1, nextLeaseEnd: null });
  await claimTasks(pool, "parts", { workerId: "sweeper:1" });
  expect(await worker("gone:1")).toMatchObject({
    running: 0,
    failed: 1,
    lost: 1,
    lastSeenAt: claimed?.lastSeenAt,
  });
});

test("claims without a lease are counted, and workers with expired leases come first", async () => {
  await claim("parts", "endless:1", 0);
  expect(await worker("endless:1")).toMatchObject({ withoutLease: 1, nextLeaseEnd: null });
  await claim("parts", "late:1", 1);
  await database.pool.query("select pg_sleep(1.1)");
  const { workers, lookedBackTo, hiddenWorkers } = await listWorkers("1h");
  expect(workers[0]?.name).toBe("late:1");
  expect(workers.findLast((one) => one.running > 0)?.name).not.toBe("gone:1");
  expect(workers.at(-1)?.running).toBe(0);
  expect({ lookedBackTo, hiddenWorkers }).toEqual({ lookedBackTo: null, hiddenWorkers: 0 });
});

test("only the newest 20,000 attempts count, and the result states the start of the range", async () => {
  await database.pool.query(`
    insert into absurd."r_odd ""queue""" (run_id, task_id, attempt, state, claimed_by, available_at, started_at, completed_at)
    select absurd.portable_uuidv7(), absurd.portable_uuidv7(), 1, 'completed', 'fast:' || n % 300, ts, ts, ts
    from generate_series(1, 21000) n, lateral (select now() - interval '1 min' - n * interval '0.1 s' as ts) at`);
  const { workers, hiddenWorkers, lookedBackTo, now } = await listWorkers("1h");
  expect(workers).toHaveLength(200);
  expect(hiddenWorkers).toBeGreaterThan(90);
  expect(Date.parse(now) - Date.parse(lookedBackTo ?? "")).toBeGreaterThan(2_000_000);
  expect(workers.find(({ name }) => name.startsWith("fast:"))?.completed).toBeGreaterThan(60);

  expect((await listWorkers("1h")).lookedBackTo).toBe(lookedBackTo);
  const attempts = 'from absurd."r_odd ""queue""" where claimed_by like \'fast:%\'';
  await database.pool.query(`delete ${attempts} and available_at > now() - interval '1000 s'`);
  expect((await listWorkers("1h")).lookedBackTo).toBeNull();
});
