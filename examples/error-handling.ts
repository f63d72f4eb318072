/** Distinguish failures by class, and keep the worker running after each of them. */
import {
  AbsurdClient,
  AbsurdDbError,
  AbsurdError,
  AbsurdSleepError,
  type ClaimedTask,
  QueueNotFoundError,
  RunFailedError,
  TaskCancelledError,
  TaskNotFoundError,
} from "absurd-dashboard/client";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const client = new AbsurdClient({ queueName: "example_error_handling", db: pool });
await client.createQueue();

/** Runs a handler as a worker does. */
async function execute(task: ClaimedTask, handler: () => Promise<void>): Promise<string> {
  try {
    await handler();
    await client.completeTask(task.runId);
    return "completed";
  } catch (error) {
    if (error instanceof AbsurdSleepError) return "suspended";
    // Cancelled, or failed because its lease expired: there is nothing to report.
    if (error instanceof TaskCancelledError || error instanceof RunFailedError) return "not ours";
    await client.failTask(task.runId, error instanceof Error ? error : String(error));
    return "failed";
  }
}

const handlers: ((task: ClaimedTask) => Promise<void>)[] = [
  async () => {},
  async ({ runId }) => client.sleep({ runId, stepName: "nap", seconds: 60 }),
  async ({ taskId }) => void (await client.cancelTask({ taskId })),
  async () => {
    throw new TypeError("params.user is missing");
  },
];
for (const handler of handlers) {
  const { taskId } = await client.spawnTask("task");
  const [task] = await client.claimTasks();
  if (task) console.log(await execute(task, () => handler(task)));
  await client.cancelTask({ taskId }); // Of these, only the sleeper is still active.
}

/** Errors of the engine have classes, with the driver's error as cause. Messages contain no parameters and no SQL. */
async function explain(attempt: Promise<unknown>) {
  const error = await attempt.catch((reason: unknown) => reason);
  if (error instanceof QueueNotFoundError) console.log("no such queue:", error.queue);
  else if (error instanceof TaskNotFoundError) console.log("no such task");
  else if (error instanceof AbsurdDbError) console.log("database:", error.code);
  else if (error instanceof AbsurdError) console.log(error.name);
}
await explain(client.withQueue("nowhere").spawnTask("task"));
await explain(client.cancelTask({ taskId: "00000000-0000-7000-8000-000000000000" }));
await explain(client.getTaskStatus("not an id"));
await pool.end();
