/**
 * `npx tsx scripts/torture.ts [tasks] [workers] [kills]`: runs the torture test on its own server and prints the
 * outcome. Defaults to 2,000 tasks, 8 workers and 40 kills.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client, Pool } from "pg";
import { startEmbeddedPostgres } from "@/demo/postgres/embedded";
import { checkOutcome } from "@/drizzle/engine/proof/torture/outcome";
import { torture } from "@/drizzle/engine/proof/torture/torture";
import { migrate } from "@/lib/db/migrate";

const [tasks = 2_000, workers = 8, kills = 40] = process.argv.slice(2).map(Number);

const directory = await mkdtemp(path.join(tmpdir(), "absurd-torture-"));
const server = await startEmbeddedPostgres({ directory, settings: { max_connections: "300" } });
const url = server.url("postgres");
const pool = new Pool({ connectionString: url });
const client = new Client({ connectionString: url });
const started = Date.now();
try {
  await client.connect();
  await migrate(client, "engine");
  const options = {
    tasks,
    workers,
    kills,
    claimTimeout: 5,
    timeoutSeconds: 1_800,
    log: console.log,
  };
  const { spawned, errors } = await torture({ url, pool }, options);
  const outcome = await checkOutcome(client, spawned);
  const log = await readFile(server.logFile, "utf8");
  const deadlocks = log.split("deadlock detected").length - 1;
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(
    `${tasks} tasks, ${outcome.runs} runs, ${outcome.checkpoints} checkpoints, ${seconds} s`,
  );
  console.log(`${outcome.abandonedRuns} runs abandoned by killed workers, ${deadlocks} deadlocks`);
  for (const line of [...errors, ...outcome.violations]) console.log(line.trimEnd());
  const failed = outcome.violations.length > 0 || deadlocks > 0;
  console.log(failed ? "failed" : "passed");
  process.exitCode = failed ? 1 : 0;
} finally {
  await client.end();
  await pool.end();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
