import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { startEmbeddedPostgres } from "@/demo/postgres/embedded";
import { migrate } from "../../lib/db/migrate";
import { startDashboard } from "./dashboard";

/** One PostgreSQL with the engine and one dashboard, for all specs. */
export default async function setup() {
  const directory = await mkdtemp(path.join(tmpdir(), "absurd-e2e-"));
  const server = await startEmbeddedPostgres({
    directory,
    settings: { max_connections: "200", fsync: "off", synchronous_commit: "off" },
  });
  const client = new Client({ connectionString: server.url("postgres") });
  await client.connect();
  await client.query("create database dashboard");
  await client.end();
  const database = new Client({ connectionString: server.url("dashboard") });
  await database.connect();
  await migrate(database, "engine");
  await migrate(database, "dashboard");
  await database.end();

  process.env.E2E_SERVER_URL = server.url("postgres");
  process.env.E2E_DATABASE_URL = server.url("dashboard");
  const dashboard = await startDashboard({ DATABASE_URL: server.url("dashboard") });
  process.env.E2E_BASE_URL = dashboard.url;

  return async () => {
    await dashboard.stop();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
}
