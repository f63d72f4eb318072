/**
 * Records what real `absurd-sdk` workers leave in a real database in every situation that the timeline and the
 * diagnosis handle, as `testing/recordings/*.json`. Engine and SDK share a clock that the script moves, so that
 * recordings are reproducible: a changed fixture means changed behaviour. Run it with `tsx testing/recorder/record.ts`.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { startEmbeddedPostgres } from "@/demo/postgres/embedded";
import { migrate } from "@/lib/db/migrate";
import { RECORDED_FROM, situations } from "./situations";
import { Stage } from "./stage";
import { getDetail, numberIds } from "./task-detail";
import { connectWithClock, TravellingClock } from "./travelling-clock";

const OUTPUT = path.resolve("testing/recordings");

const directory = await mkdtemp(path.join(tmpdir(), "absurd-fixtures-"));
const server = await startEmbeddedPostgres({ directory });
const client = new Client({ connectionString: server.url("postgres") });
await client.connect();
await migrate(client, "engine");
await client.end();
await mkdir(OUTPUT, { recursive: true });

for (const [name, play] of Object.entries(situations)) {
  const clock = new TravellingClock(RECORDED_FROM);
  clock.install();
  const pool = connectWithClock(server.url("postgres"), clock);
  const stage = new Stage(pool, name, clock);
  await play(stage);
  const detail = stage.captured ?? (await getDetail(pool, name, stage.taskId));
  const text = JSON.stringify(numberIds(detail), null, 2);
  await writeFile(path.join(OUTPUT, `${name}.json`), `${text}\n`);
  await pool.end();
  console.log(`${name}: ${detail.task.state}, ${detail.runs.length} attempts`);
}

await server.stop();
await rm(directory, { recursive: true, force: true });
// Promises of workers that were lost on purpose are still pending.
process.exit(0);
