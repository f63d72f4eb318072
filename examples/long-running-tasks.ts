/** Extend a lease while working, sleep without occupying a worker, and end a sleep early. */
import { AbsurdClient, AbsurdSleepError } from "absurd-dashboard/client";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const client = new AbsurdClient({ queueName: "example_long_running_tasks", db: pool });
await client.createQueue();

const { taskId, runId } = await client.spawnTask("trial period", { user: 7 });
await client.claimTasks({ claimTimeoutSeconds: 30 });

// After 30 s without a heartbeat another worker may claim the task. A step and extendClaim extend the lease.
const welcome = { taskId, runId, name: "welcome", extendClaimSeconds: 60 };
await client.step(welcome, () => "mail sent");
await client.extendClaim(runId, 120);
const run = await client.getRunStatus(runId);
const lease = (run?.claimExpiresAt?.getTime() ?? 0) - Date.now();
console.log("lease of about", Math.round(lease / 10_000) * 10, "s");

/** The handler after "welcome": throws until the time has passed. */
const trial = () => client.sleep({ runId, stepName: "trial", seconds: 14 * 24 * 3600 });
try {
  await trial();
} catch (error) {
  if (!(error instanceof AbsurdSleepError)) throw error;
  const days = ((error.wakeAt?.getTime() ?? 0) - Date.now()) / 86_400_000;
  console.log("asleep for", Math.round(days), "days, no worker needed");
}

// An operator ends the trial early. The worker finds the step's time in the past and continues.
const moved = await client.rescheduleRun({ runId, at: "now" });
console.log("moved a", moved.kind);
const [resumed] = await client.claimTasks();
await trial();
console.log("the same attempt goes on:", resumed?.attempt === 1);
await client.completeTask(runId, "converted");
await pool.end();
