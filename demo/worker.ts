/** A worker process of the demo: serves one queue with the published SDK until it is stopped. */
import { Absurd } from "absurd-sdk";
import { Pool } from "pg";
import type { FleetMember } from "./fleet";
import { WORKLOADS } from "./workloads/all";

/** Seconds that work in progress has to finish; the rest is taken over when its lease expires. */
const GRACE_SECONDS = 3;

const member = JSON.parse(process.argv[2] ?? "") as FleetMember;
const databaseUrl = process.env.DATABASE_URL;
if (!databaseUrl) throw new Error("DATABASE_URL is not set.");

// For workloads that query the database themselves; connects on first use.
const pool = new Pool({ connectionString: databaseUrl, max: 4 });
pool.on("error", () => {});
const app = new Absurd({ db: databaseUrl, queueName: member.queue });
for (const workload of Object.values(WORKLOADS))
  if (workload.queue === member.queue) workload.register(app, pool);

let isStopping = false;
process.on("SIGTERM", async () => {
  if (isStopping) return;
  isStopping = true;
  setTimeout(() => process.exit(0), GRACE_SECONDS * 1000);
  await app.close();
  process.exit(0);
});

await app.startWorker({
  workerId: `${member.name}:${process.pid}`,
  concurrency: member.concurrency,
  claimTimeout: member.leaseSeconds,
  pollInterval: member.pollSeconds,
  onError: (error) => console.error(`${member.name}: ${error.message}`),
});
console.log(`${member.name}:${process.pid} works on "${member.queue}"`);
