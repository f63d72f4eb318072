/** Arguments are checked before a statement is sent. */
import { AbsurdClient, InvalidArgumentError, isValidQueueName } from "absurd-dashboard/client";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const client = new AbsurdClient({ queueName: "example_validation", db: pool });
await client.createQueue();

for (const name of ["orders", "orders-eu", "1st", "x".repeat(58)])
  console.log(name.slice(0, 10).padEnd(10), isValidQueueName(name));

async function refused(attempt: () => unknown) {
  try {
    await attempt();
    console.log("accepted");
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    console.log(error.message);
  }
}

await refused(() => new AbsurdClient({ queueName: "orders-eu" }));
// Existing queues may have any name of up to 57 bytes.
await refused(() => new AbsurdClient({ queueName: "orders-eu", allowAnyQueueName: true }));
await refused(() => client.spawnTask("  "));
await refused(() => client.spawnTask("task", null, { maxAttempts: 0 }));
await refused(() => client.spawnTask("task", { ratio: Number.NaN }));
await refused(() => client.spawnTask("task", null, { cancellation: { maxDelaySeconds: 1.5 } }));
await refused(() => client.createWorkflowRun({ workflowName: "Bad Name!", workflowVersion: "1" }));

// Integers of any size survive the round trip.
const { taskId } = await client.spawnTask("task", { id: 9007199254740993n });
console.log((await client.getTaskStatus(taskId))?.params);
await client.cancelTask({ taskId });
await pool.end();
