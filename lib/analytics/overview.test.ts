import { beforeAll, describe, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, completeTask, failTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { cancelTask } from "@/lib/absurd/tasks/tasks";
import { openTestDatabase } from "@/testing/dashboard-database";
import { getLatency, getQueueFigures, getThroughput } from "./overview";
import { weightedQuantile } from "./overview/latency-sample";
import { gridEdges, timeGrid } from "./scope/time-grid";

const database = openTestDatabase();

beforeAll(async () => {
  await createQueue(database.pool, 'odd "queue"');
  await createQueue(database.pool, "parts", { storageMode: "partitioned" });
  await createQueue(database.pool, "empty");
});

const sum = (counts: number[] | undefined) => counts?.reduce((total, count) => total + count, 0);

async function claim(queue: string, name: string) {
  const { taskId } = await spawnTask(database.pool, queue, name, null, { maxAttempts: 2 });
  const [run] = await claimTasks(database.pool, queue, { claimTimeoutSeconds: 600 });
  if (run?.taskId !== taskId) throw new Error("another task was claimed");
  return run.runId;
}

describe.each(['odd "queue"', "parts"])("%s", (queue) => {
  beforeAll(async () => {
    const { pool } = database;
    await completeTask(pool, queue, await claim(queue, "done"));
    await completeTask(pool, queue, await claim(queue, "done"));
    await claim(queue, "runs");
    const failing = await claim(queue, "fails");
    await failTask(pool, queue, failing, "broken", { retryAt: new Date(Date.now() + 3_600_000) });
    await spawnTask(pool, queue, "waits");
    await pool.query("select pg_sleep(0.3)");
    const { taskId } = await spawnTask(pool, queue, "never started");
    await cancelTask(pool, queue, { taskId });
  });

  test.each(["1h", "24h", "7d"] as const)(
    "the attempts of the last %s are counted",
    async (window) => {
      const { queues, from, stepSeconds, now } = await getThroughput(window);
      const found = queues.find(({ name }) => name === queue);
      expect([found?.completed, found?.failed, found?.running].map(sum)).toEqual([2, 1, 1]);
      const buckets = found?.completed.length ?? 0;
      expect(buckets).toBe(timeGrid(window, now).buckets);
      const end = Date.parse(from) + buckets * stepSeconds * 1000;
      expect(end - Date.parse(now)).toBeGreaterThan(0);
      expect(end - Date.parse(now)).toBeLessThanOrEqual(stepSeconds * 1000);
      // They were claimed a moment ago, so they are in the last buckets.
      expect(sum(found?.completed.slice(-2))).toBe(2);
      expect(queues.find(({ name }) => name === "empty")?.failed).toEqual(Array(buckets).fill(0));
    },
  );

  test("the flow counts arrivals and claims of the last minutes, and names the workers", async () => {
    const { flow, now } = await getQueueFigures(queue, "7d");
    // Six tasks and the retry of one; two completed, one failed, one running.
    expect(flow).toMatchObject({
      ...{ arrived: { value: 7, precision: "exact" }, claimed: 4, hiddenWorkers: 0 },
      workers: [{ running: 1, ended: 3 }],
    });
    expect(Date.parse(now) - Date.parse(flow?.from ?? "")).toBe(300_000);
    expect((await getQueueFigures(queue, "1h", { tenant: ["acme"] })).flow).toBeNull();
  });

  test("queue waits and run times cover every task", async () => {
    const { queues, names, complete } = await getLatency("1h");
    expect(complete).toBe(true);
    const found = queues.find(({ name }) => name === queue);
    expect(found?.tasks).toEqual({ value: 6, precision: "exact" });
    expect(found?.wait?.p95).toBeGreaterThanOrEqual(300);
    const row = (name: string) => names.find((candidate) => candidate.name === name);
    expect(row("done")?.run?.p50).toBeLessThan(5_000);
    expect(row("waits")?.wait?.p50).toBeGreaterThanOrEqual(300);
    expect(row("waits")?.run).toBeNull();
    expect(row("never started")).toMatchObject({ wait: null, run: null });
  });
});

test("a large window is sampled, and each sampled task represents its neighbours", async () => {
  await createQueue(database.pool, "large");
  // A quiet first half of the day, then ten times as many tasks, which wait ten times as long.
  await database.pool.query(`
    insert into absurd.t_large (task_id, task_name, params, state, attempts, enqueue_at, first_started_at)
    select (lpad(to_hex((extract(epoch from ts) * 1000)::bigint), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
      'job', '1', 'completed', 1, ts, ts + case when n <= 40000 then interval '10 s' else interval '1 s' end
    from (
      select n, now() - case when n <= 40000 then n * interval '1 s' else interval '12 h' + (n - 40000) * interval '10 s' end as ts
      from generate_series(1, 44000) n
    ) rows`);
  const { queues, names, complete, sampled } = await getLatency("24h");
  expect(complete).toBe(false);
  expect(sampled).toBeLessThan(15_000);
  const large = queues.find(({ name }) => name === "large");
  expect(large?.tasks.precision).toBe("estimated");
  expect(Math.abs((large?.tasks.value ?? 0) - 44_000)).toBeLessThan(2_000);
  // Nine tasks of ten waited ten seconds, though only half of the sampled ones did.
  expect(large?.wait).toEqual({ p50: 10_000, p95: 10_000 });
  expect(names.find(({ name }) => name === "job")?.wait?.p50).toBe(10_000);
});

test("tasks that were spawned in bursts among many queues are counted exactly, on every read", async () => {
  const queues = Array.from({ length: 20 }, (_, n) => `burst-${n}`);
  for (const name of queues) await createQueue(database.pool, name);
  // 100 tasks in one call, most of them in one queue, and a second call a moment later.
  for (const [name, count] of [
    ["burst-0", 100],
    ["burst-1", 40],
    ["burst-2", 5],
  ])
    await database.pool.query(
      "select absurd.spawn_task($1, 'burst', 'null') from generate_series(1, $2::int)",
      [name, count],
    );
  for (const window of ["1h", "24h", "7d"] as const) {
    const found = (await getLatency(window)).queues;
    const tasks = (name: string) => found.find((queue) => queue.name === name)?.tasks;
    expect(tasks("burst-0")).toEqual({ value: 100, precision: "exact" });
    expect(tasks("burst-1")).toEqual({ value: 40, precision: "exact" });
    expect(tasks("burst-2")).toEqual({ value: 5, precision: "exact" });
  }
});

test("a burst too large to read is estimated, at least as counted and at most the size of the table", async () => {
  await createQueue(database.pool, "flood");
  await database.pool.query(`
    insert into absurd.t_flood (task_id, task_name, params, state, attempts, enqueue_at)
    select (lpad(to_hex((extract(epoch from now() - interval '1 min') * 1000)::bigint), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
      'job', '1', 'completed', 1, now() - interval '1 min'
    from generate_series(1, 230000) n`);
  await database.pool.query("analyze absurd.t_flood");
  const found = (await getLatency("7d")).queues.find(({ name }) => name === "flood");
  expect(found?.tasks.precision).toBe("estimated");
  expect(found?.tasks.value).toBeGreaterThanOrEqual(20_000);
  expect(found?.tasks.value).toBeLessThanOrEqual(231_000);
});

test("buckets start at whole units of the clock and extend past now", () => {
  const grid = timeGrid("24h", "2026-03-02T12:07:31.500Z");
  const edges = gridEdges(grid);
  expect(edges[0]).toBe("2026-03-01T12:00:00.000Z");
  expect(edges.at(-1)).toBe("2026-03-02T12:15:00.000Z");
  expect(edges).toHaveLength(grid.buckets + 1);
  expect(gridEdges(timeGrid("1h", "2026-03-02T12:00:00.000Z")).at(-1)).toBe(
    "2026-03-02T12:01:00.000Z",
  );
});

test("quantiles are weighted", () => {
  const values = [1, 2, 3, 4].map((value) => ({ value, weight: 1 }));
  expect(weightedQuantile(values, 0.5)).toBe(2);
  expect(weightedQuantile(values, 0.95)).toBe(4);
  expect(
    weightedQuantile(
      [
        { value: 1, weight: 9 },
        { value: 5, weight: 1 },
      ],
      0.9,
    ),
  ).toBe(1);
  expect(weightedQuantile([], 0.5)).toBeNull();
});
