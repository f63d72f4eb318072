/** The outside world of the demo: spawns work at a gentle rate, each workload at its own pace, until it is stopped. */
import { Absurd } from "absurd-sdk";
import { Pool } from "pg";
import { cleanupAllQueues } from "@/lib/absurd/queues/cleanup";
import { createQueues } from "./queues";
import { createRandom } from "./random";
import { WORKLOADS } from "./workloads/all";

const HOUR = 3_600_000;

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
// The pool replaces lost connections automatically; interrupted work is reported where it is awaited.
pool.on("error", () => {});
const app = new Absurd({ db: pool });
const random = createRandom(String(Date.now()));

for (const [name, workload] of Object.entries(WORKLOADS)) {
  const again = (seconds: number) =>
    setTimeout(async () => {
      await workload.arrive({ app, pool, random }).catch((error: Error) => {
        console.error(`traffic: ${name}: ${error.message}`);
      });
      again(random.gap(workload.every));
    }, seconds * 1000);
  // Each workload arrives for the first time within a few seconds.
  again(random.unit() * Math.min(workload.every, 10));
}

// A demo that runs for weeks needs new partitions and must delete data beyond the queues' retention.
setInterval(async () => {
  await createQueues(pool)
    .then(() => cleanupAllQueues(pool))
    .catch((error: Error) => console.error(`traffic: housekeeping: ${error.message}`));
}, HOUR);

process.on("SIGTERM", () => process.exit(0));
