/** Suspend a task until an event, and emit the event. */
import { AbsurdClient, EventTimeoutError } from "absurd-dashboard/client";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const client = new AbsurdClient({ queueName: "example_events", db: pool });
await client.createQueue();
const order = `order-${Date.now()}`;
const eventName = `paid:${order}`;

const { taskId } = await client.spawnTask("ship", { order });
const [run] = await client.claimTasks();
if (!run) throw new Error("The queue is empty.");
const wait = { taskId, runId: run.runId, stepName: "payment", eventName, timeoutSeconds: 3600 };

// Not paid yet: the run sleeps and the worker is free.
console.log("first look:", await client.awaitEvent(wait));

const preview = await client.previewEmit(eventName);
console.log("an emit would wake", preview.wakesCount, "run");
await client.emitEvent(eventName, { amount: 99 });

// Only the first emit has an effect.
await client.emitEvent(eventName, { amount: 0 });

const [resumed] = await client.claimTasks();
console.log("the same run resumes:", resumed?.runId === run.runId);
console.log("second look:", await client.awaitEvent(wait));
await client.completeTask(run.runId, "shipped");

// A wait that times out throws an error.
const patient = await client.spawnTask("patient");
await client.claimTasks();
const never = { runId: patient.runId, eventName: `never:${order}`, timeoutSeconds: 0 };
await client.waitForEvent(never).catch((suspended) => console.log(suspended.name));
await client.claimTasks();
try {
  await client.waitForEvent(never);
} catch (error) {
  if (!(error instanceof EventTimeoutError)) throw error;
  console.log(error.message);
  await client.completeTask(patient.runId, "gave up");
}
await pool.end();
