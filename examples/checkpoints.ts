/** Completed steps are not repeated: a later attempt resumes where the first one stopped. */
import { AbsurdClient, type ClaimedTask } from "absurd-dashboard/client";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const client = new AbsurdClient({ queueName: "example_checkpoints", db: pool });
await client.createQueue();

let mailServerIsUp = false;

async function onboard({ taskId, runId }: ClaimedTask) {
  const account = await client.step({ taskId, runId, name: "create account" }, () => {
    console.log("creating the account");
    return { id: 7 };
  });
  await client.step({ taskId, runId, name: "send mail" }, () => {
    if (!mailServerIsUp) throw new Error("The mail server is down.");
    console.log("mailing account", account.id);
    return "sent";
  });
}

async function workOnce() {
  const [task] = await client.claimTasks();
  if (!task) return;
  try {
    await onboard(task);
    await client.completeTask(task.runId);
  } catch (error) {
    await client.failTask(task.runId, error instanceof Error ? error : String(error));
  }
}

const { taskId } = await client.spawnTask("onboard", null, { maxAttempts: 2 });
await workOnce();
mailServerIsUp = true;
await workOnce();

for (const { name, state } of await client.getCheckpointsForTask(taskId))
  console.log("step", name, "=", state);
console.log("attempts:", (await client.getTaskStatus(taskId))?.attempts);
await pool.end();
