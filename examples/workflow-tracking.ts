/** Record the tasks and the outcome of a workflow run. */
import { AbsurdClient } from "absurd-dashboard/client";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const client = new AbsurdClient({ queueName: "example_workflow_tracking", db: pool });
await client.createQueue();

const workflowRunId = await client.createWorkflowRun({
  workflowName: "order_fulfilment",
  workflowVersion: "1.0.0",
  inputs: { order: 1001 },
  createdBy: "examples",
  tags: { region: "eu" },
});
await client.updateWorkflowRunStatus(workflowRunId, "running");

for (const name of ["reserve stock", "charge card"])
  await client.spawnTask(name, { order: 1001 }, { workflowRunId });
for (const task of await client.claimTasks({ quantity: 2 }))
  await client.completeTask(task.runId, "done");

for (const task of await client.getWorkflowRunTasks(workflowRunId))
  console.log(task.taskName, task.state);
await client.updateWorkflowRunStatus(workflowRunId, "completed", {
  result: { shipped: true },
  taskCount: 2,
});
const run = await client.getWorkflowRun(workflowRunId);
console.log(run?.workflowName, run?.status, run?.result);
await pool.end();
