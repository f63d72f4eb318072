import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import type { Client } from "pg";

const FOLDER = fileURLToPath(new URL("../..", import.meta.url));

/** Installs generation 0.5.0 of this schema with its record, as the first release did. */
export async function installFirstGeneration(client: Client): Promise<void> {
  await client.query("create schema absurd_dashboard");
  await client.query(
    "create table absurd_dashboard.engine_migrations (id serial primary key, hash text not null, created_at bigint)",
  );
  for (const file of readMigrationFiles({ migrationsFolder: FOLDER }).slice(0, 11)) {
    await client.query(file.sql.join(""));
    await client.query(
      "insert into absurd_dashboard.engine_migrations (hash, created_at) values ($1, $2)",
      [file.hash, file.folderMillis],
    );
  }
}
