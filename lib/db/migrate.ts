import path from "node:path";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate as runMigrations } from "drizzle-orm/node-postgres/migrator";
import type { Client } from "pg";

const FOLDER = fileURLToPath(new URL("../../drizzle", import.meta.url));

/** What `migrate` can install: the engine's `absurd` schema, or the dashboard's own tables. */
export type Component = "engine" | "dashboard";

/**
 * Brings one component up to date in one transaction. What was installed is recorded in
 * `absurd_dashboard.{component}_migrations`, so that a later version applies only what is new.
 */
export async function migrate(client: Client, component: Component): Promise<void> {
  await runMigrations(drizzle(client), {
    migrationsFolder: path.join(FOLDER, component),
    migrationsSchema: "absurd_dashboard",
    migrationsTable: `${component}_migrations`,
  });
}
