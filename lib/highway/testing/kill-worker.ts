/** A worker process for tests that kill it: `node --import tsx kill-worker.ts <queue>`, with DATABASE_URL. */
import { setTimeout as pause } from "node:timers/promises";
import { Absurd } from "absurd-sdk";
import { Pool } from "pg";
import { queueTable } from "../../absurd/connection/sql.ts";
import { registerHighway } from "../run/worker.ts";
import { playFunctions } from "./bench.ts";
import { buildEverything, playEverything } from "./everything.ts";

const queue = process.argv[2] ?? "";
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
const app = new Absurd({ db: pool, queueName: queue });
registerHighway(app, {
  db: pool,
  queue,
  heartbeatSeconds: 0.3,
  recovery: { maxAttempts: 200, baseSeconds: 0, maxSeconds: 0 },
  functions: playFunctions(buildEverything(), async (id, call) => {
    await pool.query(
      `insert into function_call (path, was_recorded)
       select $1, exists (select from ${queueTable("c", queue)} where checkpoint_name = $1)`,
      [call.path],
    );
    await pause(20);
    return playEverything(id, call);
  }),
});
await app.startWorker({
  concurrency: 3,
  claimTimeout: 1,
  pollInterval: 0.05,
  fatalOnLeaseTimeout: false,
});
console.log("ready");
