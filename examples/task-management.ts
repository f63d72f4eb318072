/** Get tasks, cancel them, retry them, run them again with edits, and fork them from a step. */
import { AbsurdClient } from "absurd-dashboard/client";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const client = new AbsurdClient({ queueName: "example_task_management", db: pool });
await client.createQueue();

// A second spawn with the same key returns the first task.
const key = { idempotencyKey: `invoice-${Date.now()}` };
const invoice = await client.spawnTask("invoice", { number: 42 }, key);
const again = await client.spawnTask("invoice", { number: 42 }, key);
console.log("second spawn created a task:", again.created);

await client.cancelTask({ taskId: invoice.taskId });
console.log("invoice is", (await client.getTaskStatus(invoice.taskId))?.state);

const report = await client.spawnTask("report", { month: "May" });
const [run] = await client.claimTasks();
if (!run) throw new Error("The queue is empty.");
await client.saveCheckpointForRun(run.runId, "collect", { rows: 1000 });
await client.saveCheckpointForRun(run.runId, "render", "report.pdf");
await client.failTask(run.runId, new Error("The mail server is down."));
console.log("report is", (await client.getTaskResult(report.taskId))?.state);

// A retry in place keeps the finished steps.
const retried = await client.retryTask(report.taskId);
console.log("attempt", retried.attempt, "of the same task:", retried.taskId === report.taskId);

// A copy with other params, and one that keeps only the steps before "render".
const june = await client.runAgain(report.taskId, { params: { month: "June" } });
const fork = await client.forkTask(report.taskId, "render");
console.log("june has", (await client.getTaskStatus(june.taskId))?.params);
console.log("the fork keeps", fork.copiedSteps);

for (const { taskId } of [report, june, fork]) await client.cancelTask({ taskId });
await pool.end();
