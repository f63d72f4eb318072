import { expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { openTestDatabase } from "@/testing/dashboard-database";
import { findById } from "./find";

const database = openTestDatabase();

test("finds a task, an attempt or a workflow run by its id", async () => {
  const { pool } = database;
  await createQueue(pool, "orders");
  const { taskId, runId } = await spawnTask(pool, "orders", "charge");
  expect(await findById(taskId)).toMatchObject([{ kind: "task", queue: "orders", taskId }]);
  expect(await findById(runId)).toMatchObject([{ kind: "run", taskId, runId, attempt: 1 }]);

  const workflowRunId = "01a0b0c0-0000-7000-8000-000000000001";
  await pool.query(
    `insert into workflow_run (workflow_run_id, workflow_name, workflow_version, absurd_queue)
      values ($1, 'ship', '1', 'orders')`,
    [workflowRunId],
  );
  expect(await findById(workflowRunId)).toMatchObject([
    { kind: "workflow", workflowRunId, name: "ship" },
  ]);
  expect(await findById("01900000-0000-7000-8000-000000000000")).toEqual([]);
});
