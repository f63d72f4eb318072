/** Set the number of attempts and the delay between them. */
import { AbsurdClient, spawnRetryTask } from "absurd-dashboard/client";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const client = new AbsurdClient({ queueName: "example_retry_strategies", db: pool });
await client.createQueue();

/** Fails the next attempt and returns when the following one is due. */
async function failOnce(taskId: string) {
  const [run] = await client.claimTasks();
  if (run?.taskId !== taskId) throw new Error("Another task was due.");
  await client.failTask(run.runId, "no luck");
  const task = await client.getTaskStatus(taskId);
  if (task?.state !== "sleeping" || !task.lastAttemptRun)
    return console.log("  then:", task?.state);
  const next = await client.getRunStatus(task.lastAttemptRun);
  const due = next?.availableAt;
  if (!(due instanceof Date) || !next) return;
  const seconds = Math.round((due.getTime() - next.createdAt.getTime()) / 1000);
  console.log(`  attempt ${next.attempt} after ${seconds} s`);
  await client.rescheduleRun({ runId: next.runId, at: "now" }); // Skips the wait.
}

console.log("fixed: 10 s, twice");
const fixed = await client.spawnTask("fixed", null, {
  maxAttempts: 3,
  retryStrategy: { kind: "fixed", baseSeconds: 10 },
});
for (let i = 0; i < 3; i++) await failOnce(fixed.taskId);

console.log("exponential: 5 s, then three times as long, at most 30 s");
const exponential = await spawnRetryTask(client, "exponential", null, {
  maxAttempts: 4,
  baseSeconds: 5,
  factor: 3,
  maxSeconds: 30,
});
for (let i = 0; i < 4; i++) await failOnce(exponential.taskId);

console.log("unless asked, a task is not retried");
const once = await client.spawnTask("once");
await failOnce(once.taskId);
await pool.end();
