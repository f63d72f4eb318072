/**
 * `npm run bench:engine [-- --parts growth,original] [--only <words>]`: measures the engine on its own server with
 * production durability: on a queue with 10,000 finished tasks and on one with 1,000,000, and beside the original's
 * 0.5.1. Exits with 1 if an operation costs more than 1.2 times as much on the large queue, if it is slower than the
 * original's (a claim: than two thirds of its time) by more than two installations of the original differ, or if these
 * differ by more than 5 %.
 */
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { Command } from "commander";
import { Client } from "pg";
import { type Comparison, compare, compareWork } from "@/bench/engine/compare";
import { createIdFunction, loadFinishedTasks } from "@/bench/engine/load";
import { FLOOR, OPERATIONS } from "@/bench/engine/operations";
import { compareWithOriginal, openAll } from "@/bench/engine/original";
import { startEmbeddedPostgres } from "@/demo/postgres/embedded";
import { migrate } from "@/lib/db/migrate";

const SIZES = { small: 10_000, large: 1_000_000 };
const QUEUES = { small: "small", large: "large" };
const CONNECTIONS = [1, 8];
const LIMIT = 1.2;

/** With a larger difference between two installations of the original, the machine is too busy to compare. */
const MOST_NOISE = 0.05;

const { parts, only } = new Command("npm run bench:engine --")
  .option("--parts <list>", "of growth, original", (text) => text.split(","), [
    "growth",
    "original",
  ])
  .option(
    "--only <words>",
    "beside the original, only operations whose title holds these words",
    "",
  )
  .parse()
  .opts<{ parts: string[]; only: string }>();

// A fixed directory, so that the next run removes the leftovers of an interrupted one.
const directory = path.resolve(".cache/bench-engine");
await rm(directory, { recursive: true, force: true });
await mkdir(directory, { recursive: true });
const server = await startEmbeddedPostgres({
  directory,
  settings: {
    shared_buffers: "1GB",
    max_wal_size: "8GB",
    checkpoint_timeout: "15min",
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
  },
});
const connect = async () => {
  const client = new Client({ connectionString: server.url("postgres") });
  await client.connect();
  return client;
};

try {
  if (parts.includes("growth")) await benchGrowth();
  if (parts.includes("original")) await benchOriginal();
} finally {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}

async function benchGrowth() {
  const clients = await Promise.all(Array.from({ length: Math.max(...CONNECTIONS) }, connect));
  const [main] = clients;
  if (!main) throw new Error("no connection");
  await migrate(main, "engine");
  await main.query("create table floor (id bigint generated always as identity, state jsonb)");
  await createIdFunction(main);
  for (const size of ["small", "large"] as const) {
    const started = Date.now();
    await loadFinishedTasks(main, QUEUES[size], SIZES[size]);
    console.log(
      `${SIZES[size]} finished tasks loaded in ${Math.round((Date.now() - started) / 1000)} s`,
    );
  }

  console.log(
    "\n| Operation | Connections | ops/s | p50 ms | p95 ms | ops/s, large | p50 | p95 | growth |",
  );
  console.log("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
  let worst = 0;
  for (const connections of CONNECTIONS)
    for (const operation of [FLOOR, ...OPERATIONS]) {
      const result = await compare(clients.slice(0, connections), operation, QUEUES, {
        pairs: 9,
        calls: connections * 100,
      });
      if (operation !== FLOOR) worst = Math.max(worst, result.growth);
      console.log(rowOf(result));
    }

  console.log("\n| One call | pages | pages, large | WAL bytes | WAL bytes, large |");
  console.log("|---|--:|--:|--:|--:|");
  for (const operation of OPERATIONS) {
    const { small, large } = await compareWork(main, operation, QUEUES);
    console.log(
      `| ${operation.title} | ${small.pages} | ${large.pages} | ${small.walBytes} | ${large.walBytes} |`,
    );
  }
  console.log(`\nlargest growth ${worst.toFixed(2)}, allowed ${LIMIT.toFixed(2)}`);
  if (worst > LIMIT) process.exitCode = 1;
  await Promise.all(clients.map((client) => client.end()));
}

async function benchOriginal() {
  const sessions = await openAll(server);
  console.log(
    "\n| One call | server µs | original | ratio | two originals | with commit µs | original |\n|---|--:|--:|--:|--:|--:|--:|",
  );
  const results = await compareWithOriginal(sessions, only);
  for (const { title, ours, original, ratio, equal } of results) {
    const times = [ours.server, original.server, ours.client, original.client];
    const [server, originalServer, client, originalClient] = times.map((time) => time.toFixed(0));
    console.log(
      `| ${title} | ${server} | ${originalServer} | ${ratio.toFixed(2)} | ${equal.toFixed(3)} | ${client} | ${originalClient} |`,
    );
  }
  const noise = Math.max(...results.map(({ equal }) => Math.abs(1 - equal)));
  const slower = results
    .filter(({ ratio, least }) => ratio < least - noise)
    .map(({ title }) => title);
  console.log(
    `\ntwo originals differ by up to ${(noise * 100).toFixed(1)} %; too slow beside the original: ${slower.join(", ") || "none"}`,
  );
  if (noise > MOST_NOISE || slower.length > 0) process.exitCode = 1;
  for (const client of Object.values(sessions)) await client.end();
}

function rowOf({ title, connections, small, large, growth }: Comparison): string {
  const cells = [small, large].flatMap(({ rate, p50, p95 }) => [
    Math.round(rate),
    p50.toFixed(2),
    p95.toFixed(2),
  ]);
  return `| ${title} | ${connections} | ${cells.join(" | ")} | ${growth.toFixed(2)} |`;
}
