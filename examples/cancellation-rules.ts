/** Let the engine cancel tasks that start or end too late, and cancel one yourself. */
import { AbsurdClient, spawnCancellableTask, TaskCancelledError } from "absurd-dashboard/client";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const client = new AbsurdClient({ queueName: "example_cancellation_rules", db: pool });
await client.createQueue();

// No worker started it in time, so the engine cancels it when a worker polls.
const late = await spawnCancellableTask(client, "flash sale", null, { maxDelaySeconds: 0 });
// From its first start it has an hour, including sleeps and retries.
const slow = await spawnCancellableTask(client, "import", null, { maxDurationSeconds: 3600 });

const claimed = await client.claimTasks({ quantity: 2 });
console.log("claimed", claimed.map((run) => run.taskName).join(", "));
console.log("flash sale is", (await client.getTaskStatus(late.taskId))?.state);

// The rows change at once; the worker gets TaskCancelledError from its next call.
const { cancelled } = await client.cancelTask({ taskId: slow.taskId });
console.log("import cancelled by us:", cancelled);
try {
  await client.saveCheckpointForRun(slow.runId, "page 1", { rows: 100 });
} catch (error) {
  if (!(error instanceof TaskCancelledError)) throw error;
  console.log("the worker stops:", error.message);
}
await pool.end();
