/** Keep a lease alive while working, sleep without holding a worker, and end a sleep early. */
import { AbsurdClient, AbsurdSleepError } from "absurd-dashboard/client";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const client = new AbsurdClient({ queueName: "example_long_running_tasks", db: pool });
await client.createQueue();

const { taskId, runId } = await client.spawnTask("trial period", { user: 7 });
await client.claimTasks({ claimTimeoutSeconds: 30 });

// Without a sign of life within 30 s another worker would get the task. Each step gives one, and so does a heartbeat.
const welcome = { taskId, runId, name: "welcome", extendClaimSeconds: 60 };
await client.step(welcome, () => "mail sent");
await client.extendClaim(runId, 120);
const run = await client.getRunStatus(runId);
const lease = (run?.claimExpiresAt?.getTime() ?? 0) - Date.now();
console.log("lease of about", Math.round(lease / 10_000) * 10, "s");

/** What the worker's handler does after "welcome": throws while the time has not come. */
const trial = () => client.sleep({ runId, stepName: "trial", seconds: 14 * 24 * 3600 });
try {
  await trial();
} catch (error) {
  if (!(error instanceof AbsurdSleepError)) throw error;
  const days = ((error.wakeAt?.getTime() ?? 0) - Date.now()) / 86_400_000;
  console.log("asleep for", Math.round(days), "days, no worker needed");
}

// An operator cuts the trial short. The worker finds the step's time in the past and goes on.
const moved = await client.rescheduleRun({ runId, at: "now" });
console.log("moved a", moved.kind);
const [resumed] = await client.claimTasks();
await trial();
console.log("the same attempt goes on:", resumed?.attempt === 1);
await client.completeTask(runId, "converted");
await pool.end();
