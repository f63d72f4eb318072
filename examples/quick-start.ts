/** Spawn a task, claim it as a worker would, and complete it. */
import { AbsurdClient } from "absurd-dashboard/client";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const client = new AbsurdClient({ queueName: "example_quick_start", db: pool });
await client.createQueue();

const { taskId } = await client.spawnTask("greet", { name: "Ada" });
console.log("spawned", taskId);

// A worker polls whenever it is free. The task is reserved for it until the lease ends.
const [task] = await client.claimTasks({ claimTimeoutSeconds: 60 });
if (!task) throw new Error("The queue is empty.");
const { name } = task.params as { name: string };
await client.completeTask(task.runId, { greeting: `Hello, ${name}!` });

console.log("result", await client.getTaskResult(taskId));
await pool.end();
