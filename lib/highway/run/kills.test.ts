/**
 * Worker processes are killed repeatedly while a workflow runs; with ABSURD_LONG more often and at shorter
 * intervals.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { createQueue } from "../../absurd/queues/queues.ts";
import { getTaskResult } from "../../absurd/tasks/tasks.ts";
import { getWorkflowRun } from "../../absurd/workflow-runs/workflow-runs.ts";
import { buildEverything, EVERYTHING_INPUTS } from "../testing/everything.ts";
import { buildChild, buildNewFeatures, buildProbe } from "../testing/new-features.ts";
import { startWorkflow } from "./start.ts";
import { storeWorkflow } from "./store.ts";

const KILLS = process.env.ABSURD_LONG ? { most: 12, apart: 35 } : { most: 5, apart: 120 };
const WORKER = path.join(import.meta.dirname, "../testing/kill-worker.ts");

let database: TestDatabase;
const workers = new Set<ChildProcess>();
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(
    "create table function_call (path text, was_recorded boolean, at timestamptz default clock_timestamp())",
  );
});
afterEach(async () => {
  for (const worker of workers) await kill(worker);
});
afterAll(() => database.drop());

async function startWorker(queue: string, env: Record<string, string> = {}): Promise<ChildProcess> {
  const worker = spawn(process.execPath, ["--import", "tsx", WORKER, queue], {
    env: { ...process.env, ...env, DATABASE_URL: database.url },
    stdio: ["ignore", "pipe", "ignore"],
  });
  workers.add(worker);
  await Promise.race([once(worker.stdout ?? worker, "data"), once(worker, "exit")]);
  return worker;
}

async function kill(worker: ChildProcess): Promise<void> {
  workers.delete(worker);
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const exit = once(worker, "exit");
  worker.kill("SIGKILL");
  await exit;
}

test("the run ends as expected, and nothing that was recorded runs again", async () => {
  const queue = "killed";
  await createQueue(database.pool, queue);
  const { taskId, workflowRunId } = await startWorkflow(database.pool, queue, buildEverything(), {
    inputs: EVERYTHING_INPUTS,
    recovery: { maxAttempts: 200, baseSeconds: 0, maxSeconds: 0 },
  });
  const isOver = async () =>
    (await getTaskResult(database.pool, queue, taskId))?.state === "completed";
  let kills = 0;
  for (; kills < KILLS.most && !(await isOver()); kills++) {
    const worker = await startWorker(queue);
    // At growing intervals, so that each worker dies somewhere else.
    await pause(60 + kills * KILLS.apart);
    await kill(worker);
  }
  await startWorker(queue);
  await expect.poll(isOver, { timeout: 90_000, interval: 200 }).toBe(true);
  expect(kills).toBeGreaterThan(2);
  expect(await getTaskResult(database.pool, queue, taskId)).toMatchObject({
    result: {
      status: "failed",
      error: { task: "last_try", message: "no more" },
      operators: {
        apologise: "completed",
        both: "completed",
        render: "completed",
        ship_large: "completed",
        ship_small: "skipped",
        "beside.left/each_line[1]/pick": "completed",
        "each_copy[1]/copy": "completed",
        "until_synced[1]/sync": "completed",
      },
    },
  });
  expect(await getWorkflowRun(database.pool, workflowRunId)).toMatchObject({ status: "failed" });
  const { rows } = await database.pool.query("select path from function_call where was_recorded");
  expect(rows).toEqual([]);
}, 180_000);

test("the same holds with guards, a choice, turns, children, a circuit and a terminate", async () => {
  const queue = "killed too";
  await createQueue(database.pool, queue);
  await storeWorkflow(database.pool, buildChild());
  const { taskId, workflowRunId } = await startWorkflow(database.pool, queue, buildNewFeatures(), {
    recovery: { maxAttempts: 200, baseSeconds: 0, maxSeconds: 0 },
  });
  const isOver = async () =>
    (await getTaskResult(database.pool, queue, taskId))?.state === "completed";
  let kills = 0;
  for (; kills < KILLS.most && !(await isOver()); kills++) {
    const worker = await startWorker(queue);
    await pause(100 + kills * KILLS.apart);
    await kill(worker);
  }
  await startWorker(queue);
  await expect.poll(isOver, { timeout: 90_000, interval: 200 }).toBe(true);
  expect(kills).toBeGreaterThan(2);
  expect(await getTaskResult(database.pool, queue, taskId)).toMatchObject({
    result: {
      status: "completed",
      result: { draft: "text" },
      operators: {
        "parts.big/sign": "completed",
        "parts.always/note": "completed",
        "parts.small/wave": "skipped",
        pay: "completed",
        stop: "completed",
        never: "skipped",
      },
    },
  });
  expect(await getWorkflowRun(database.pool, workflowRunId)).toMatchObject({ status: "completed" });
  const { rows } = await database.pool.query("select path from function_call where was_recorded");
  expect(rows).toEqual([]);
  const circuits = await database.pool.query(
    "select state, failures from public.highway_circuit where workflow_name = 'new_features'",
  );
  expect(circuits.rows).toEqual([{ state: "closed", failures: 0 }]);
  const children = await database.pool.query(
    "select status from workflow_run where parent_workflow_run_id = $1",
    [workflowRunId],
  );
  expect(children.rows).toEqual([{ status: "completed" }, { status: "completed" }]);
}, 180_000);

test("a probe whose worker is killed is taken over after its lease, and not before", async () => {
  const { pool } = database;
  const queue = "killed probe";
  await createQueue(pool, queue);
  await pool.query(
    `insert into public.highway_circuit (workflow_name, operator, state, failures, retry_at)
     values ('probes', 'call', 'open', 1, now())`,
  );
  const start = () =>
    startWorkflow(pool, queue, buildProbe(), {
      recovery: { maxAttempts: 200, baseSeconds: 0, maxSeconds: 0 },
    });
  const calls = async () =>
    (await pool.query("select at from function_call where path like '%:call' order by at")).rows;
  const circuit = async () =>
    (
      await pool.query(
        "select state, probe_until as until from public.highway_circuit where workflow_name = 'probes'",
      )
    ).rows[0];

  const runs = [await start()];
  const holder = await startWorker(queue, { HANG: "1" });
  await expect.poll(async () => (await calls()).length, { timeout: 30_000 }).toBe(1);
  expect(await circuit()).toMatchObject({ state: "half_open" });
  await kill(holder);
  const { until } = await circuit();

  runs.push(await start());
  await startWorker(queue);
  const isOver = async ({ taskId }: { taskId: string }) =>
    (await getTaskResult(pool, queue, taskId))?.state === "completed";
  await expect
    .poll(async () => (await Promise.all(runs.map(isOver))).every(Boolean), {
      timeout: 60_000,
      interval: 200,
    })
    .toBe(true);
  for (const { workflowRunId } of runs)
    expect(await getWorkflowRun(pool, workflowRunId)).toMatchObject({ status: "completed" });
  const [, second] = await calls();
  expect(second.at.getTime()).toBeGreaterThanOrEqual(until.getTime());
  expect(await circuit()).toMatchObject({ state: "closed", until: null });
}, 180_000);
