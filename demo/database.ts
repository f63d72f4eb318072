import { Client, Pool } from "pg";
import { type EmbeddedServer, startEmbeddedPostgres } from "@/demo/postgres/embedded";
import { migrate } from "@/lib/db/migrate";
import { ensureHistory } from "./history/ensure";
import { createQueues } from "./queues";

const DATABASE = "absurd_demo";

/** Starts the demo's PostgreSQL server on its data directory. */
export function startServer(options: {
  dataDir: string;
  onStage: (stage: string) => void;
  signal: AbortSignal;
}): Promise<EmbeddedServer> {
  return startEmbeddedPostgres({
    directory: options.dataDir,
    onStage: options.onStage,
    signal: options.signal,
    settings: { max_connections: "150", log_min_duration_statement: "2000" },
  });
}

/** Creates the schemas of the demo's database if they are missing. Returns its connection string. */
export async function prepareDatabase(server: EmbeddedServer): Promise<string> {
  const maintenance = new Client({ connectionString: server.url("postgres") });
  await maintenance.connect();
  try {
    const { rowCount } = await maintenance.query("select from pg_database where datname = $1", [
      DATABASE,
    ]);
    if (rowCount === 0) await maintenance.query(`create database ${DATABASE}`);
  } finally {
    await maintenance.end();
  }
  const url = server.url(DATABASE);
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await migrate(client, "engine");
    await migrate(client, "dashboard");
  } finally {
    await client.end();
  }
  return url;
}

/** Creates missing queues and their history. Returns the number of tasks written. */
export async function prepareQueues(databaseUrl: string): Promise<number> {
  const pool = new Pool({ connectionString: databaseUrl, max: 2 });
  try {
    await createQueues(pool);
    return await ensureHistory(pool);
  } finally {
    await pool.end();
  }
}
