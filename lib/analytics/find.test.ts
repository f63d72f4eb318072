import { expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { parseShortId } from "@/lib/search-params/parsers";
import { openTestDatabase } from "@/testing/dashboard-database";
import { findById, findByShortId } from "./find";

const database = openTestDatabase();

test("finds a task, an attempt or a workflow run by its id", async () => {
  const { pool } = database;
  await createQueue(pool, "orders");
  const { taskId, runId } = await spawnTask(pool, "orders", "charge");
  expect((await findById(taskId)).found).toMatchObject([{ kind: "task", queue: "orders", taskId }]);
  expect((await findById(runId)).found).toMatchObject([{ kind: "run", taskId, runId, attempt: 1 }]);

  const workflowRunId = "01a0b0c0-0000-7000-8000-000000000001";
  await pool.query(
    `insert into workflow_run (workflow_run_id, workflow_name, workflow_version, absurd_queue)
      values ($1, 'ship', '1', 'orders')`,
    [workflowRunId],
  );
  expect((await findById(workflowRunId)).found).toMatchObject([
    { kind: "workflow", workflowRunId, name: "ship" },
  ]);
  expect((await findById("01900000-0000-7000-8000-000000000000")).found).toEqual([]);
});

test("finds tasks and attempts by a shortened id", async () => {
  const { pool } = database;
  await createQueue(pool, "short");
  const { taskId, runId } = await spawnTask(pool, "short", "one");
  await spawnTask(pool, "short", "another");
  const find = async (text: string) => {
    const short = parseShortId(text);
    return short ? (await findByShortId(short)).found : null;
  };
  const end = taskId.slice(-4);
  for (const text of [`${taskId.slice(0, 8)}…${end}`, `${taskId.slice(0, 4)}...${end}`])
    expect(await find(text)).toMatchObject([{ kind: "task", queue: "short", taskId }]);
  expect(await find(`${runId.slice(0, 8)}…${runId.slice(-6)}`)).toMatchObject([
    { kind: "run", runId, taskId },
  ]);
  const names = (await find(taskId.slice(0, 8)))?.map((hit) => "taskId" in hit && hit.taskId);
  expect(names).toContain(taskId);
  expect(await find("0190…0000")).toEqual([]);
  for (const text of ["01a2", "order-42", "01a2f6c2…", "zzzzzzzz", "a..b..c"])
    expect(await find(text)).toBeNull();
});
