/**
 * `npm run bench:engine`: measures the engine on a queue with 10,000 finished tasks and on one with 1,000,000, on its
 * own server with production durability. Exits with 1 if an operation costs more than 1.2 times as much on the large
 * queue.
 */
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { Client } from "pg";
import { type Comparison, compare, compareWork } from "@/bench/engine/compare";
import { createIdFunction, loadFinishedTasks } from "@/bench/engine/load";
import { FLOOR, OPERATIONS } from "@/bench/engine/operations";
import { startEmbeddedPostgres } from "@/demo/postgres/embedded";
import { migrate } from "@/lib/db/migrate";

const SIZES = { small: 10_000, large: 1_000_000 };
const QUEUES = { small: "small", large: "large" };
const CONNECTIONS = [1, 8];
const LIMIT = 1.2;

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
const clients = await Promise.all(Array.from({ length: Math.max(...CONNECTIONS) }, connect));

try {
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
  process.exitCode = worst > LIMIT ? 1 : 0;
} finally {
  await Promise.all(clients.map((client) => client.end()));
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}

function rowOf({ title, connections, small, large, growth }: Comparison): string {
  const cells = [small, large].flatMap(({ rate, p50, p95 }) => [
    Math.round(rate),
    p50.toFixed(2),
    p95.toFixed(2),
  ]);
  return `| ${title} | ${connections} | ${cells.join(" | ")} | ${growth.toFixed(2)} |`;
}
