/**
 * Records what real `absurd-sdk` workers leave in a real database in every situation the timeline and the diagnosis
 * know, as `lib/timeline/fixtures/*.json`. Engine and SDK share a clock that the script moves, so that recordings come
 * out the same each time: a changed fixture is a changed behaviour. Run it with `tsx scripts/record-fixtures.ts`.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { migrate } from "@/lib/db/migrate";
import { startEmbeddedPostgres } from "@/lib/postgres/embedded";
import { numberIds, readDetail } from "./recorder/read-detail";
import { RECORDED_FROM, situations } from "./recorder/situations";
import { Stage } from "./recorder/stage";
import { connectWithClock, TravellingClock } from "./recorder/travelling-clock";

const OUTPUT = path.resolve("lib/timeline/fixtures");

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
  const detail = stage.captured ?? (await readDetail(pool, name, stage.taskId));
  const text = JSON.stringify(numberIds(detail), null, 2);
  await writeFile(path.join(OUTPUT, `${name}.json`), `${text}\n`);
  await pool.end();
  console.log(`${name}: ${detail.task.state}, ${detail.runs.length} attempts`);
}

await server.stop();
await rm(directory, { recursive: true, force: true });
// Workers that were lost on purpose are still waiting.
process.exit(0);
