import { mkdir } from "node:fs/promises";
import os from "node:os";
import { Client } from "pg";
import { type EmbeddedServer, startEmbeddedPostgres } from "@/demo/postgres/embedded";
import { startWeb } from "@/demo/web";
import { migrate } from "@/lib/db/migrate";
import { build, isBuilt } from "@/server/build";
import { loadQueue, plantRare, thinOut } from "./load";
import { loadDashboard } from "./load-dashboard";
import { activeShare, LARGEST, QUEUES, RARE, SIZES, type Size } from "./sizes";

/** A share of the memory of this machine or container, as a setting of PostgreSQL. */
function ofMemory(share: number): string {
  const memory = Math.min(os.totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return `${Math.floor((memory * share) / 1_048_576)}MB`;
}

/** A server on this directory, by default with production durability; its data is kept for the next run. */
export async function startServer(
  directory: string,
  settings: Record<string, string> = {},
): Promise<EmbeddedServer> {
  await mkdir(directory, { recursive: true });
  return startEmbeddedPostgres({
    directory,
    settings: {
      // As PostgreSQL's documentation recommends. The planner expects as much again in the cache of the system.
      shared_buffers: ofMemory(1 / 4),
      effective_cache_size: ofMemory(1 / 2),
      max_wal_size: "8GB",
      checkpoint_timeout: "15min",
      fsync: "on",
      synchronous_commit: "on",
      full_page_writes: "on",
      // Rows loaded in the transaction that creates their table need no write-ahead log, which halves the loading time.
      wal_level: "minimal",
      max_wal_senders: "0",
      ...settings,
    },
  });
}

/** Name of a size's database. */
export const databaseOf = (size: Size) => `console_${size}`;

/** The database with the history of a size and about as many active tasks as the smallest size. */
export const thinnedDatabaseOf = (size: Size) =>
  activeShare(size) === 1 ? databaseOf(size) : `${databaseOf(size)}_thinned`;

/** Loads the missing sizes, each into its own database, and prints the duration. */
export async function loadMissing(
  server: EmbeddedServer,
  sizes: Size[],
  log: (line: string) => void,
): Promise<void> {
  const maintenance = await connect(server, "postgres");
  const makeIfMissing = async (name: string, template: string, fill: () => Promise<void>) => {
    const known = await maintenance.query("select from pg_database where datname = $1", [name]);
    if (known.rowCount) return;
    const started = Date.now();
    // An interrupted load is never used as a data set.
    await maintenance.query("drop database if exists loading");
    await maintenance.query(`create database loading template ${template} strategy file_copy`);
    await fill();
    await maintenance.query(`alter database loading rename to ${name}`);
    log(`${name} loaded in ${Math.round((Date.now() - started) / 1000)} s`);
  };
  try {
    for (const size of sizes) {
      const name = databaseOf(size);
      await makeIfMissing(name, "template1", () => load(server, SIZES[size]));
      await makeIfMissing(thinnedDatabaseOf(size), name, async () => {
        const now = await getClock(server, name);
        await maintenance.query(`alter database loading set absurd.fake_now = '${now}'`);
        const client = await connect(server, "loading");
        for (const queue of QUEUES) await thinOut(client, queue, activeShare(size));
        await client.query("vacuum (freeze, analyze)");
        await client.end();
      });
    }
  } finally {
    await maintenance.end();
  }
}

/** The fixed time of the engine in a database. A copy of the database doesn't inherit it. */
async function getClock(server: EmbeddedServer, database: string): Promise<string> {
  const client = await connect(server, database);
  const { rows } = await client.query("select current_setting('absurd.fake_now') as clock");
  await client.end();
  return rows[0].clock;
}

/** Two sessions share the queues: the largest queue takes as long as all others together. */
async function load(server: EmbeddedServer, tasks: number): Promise<void> {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const first = await connect(server, "loading");
  await migrate(first, "engine");
  await migrate(first, "dashboard");
  // The engine's clock is fixed at the end of the data, so that a window of a day covers a day of data whenever the
  // benchmark runs.
  const clock = new Date(now).toISOString();
  await first.query(`alter database loading set absurd.fake_now = '${clock}'`);
  const halves = [QUEUES.slice(0, 1), QUEUES.slice(1)].map(async (queues) => {
    const client = await connect(server, "loading");
    for (const queue of queues) {
      await client.query("begin");
      await loadQueue(client, { queue, tasks: Math.round(tasks * queue.share), now });
      await client.query("commit");
    }
    await client.end();
  });
  await Promise.all(halves);
  await plantRare(first, LARGEST, RARE);
  await loadDashboard(first, tasks, now);
  await first.query("vacuum (freeze, analyze)");
  await first.end();
}

/** A connection to a database of this server; the caller must end it. */
export async function connect(server: EmbeddedServer, database: string): Promise<Client> {
  const client = new Client({ connectionString: server.url(database) });
  await client.connect();
  return client;
}

/** Makes the production build if there is none. */
export async function ensureBuilt(databaseUrl: string): Promise<void> {
  if (!(await isBuilt())) await build({ databaseUrl, signal: new AbortController().signal });
}

/** Serves the production build on this database. */
export async function serveBuild(
  databaseUrl: string,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const { signal } = new AbortController();
  await ensureBuilt(databaseUrl);
  const web = await startWeb({ mode: "start", port: 3900, databaseUrl, signal });
  try {
    await work(web.url);
  } finally {
    await web.stop();
  }
}
