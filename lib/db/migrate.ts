import path from "node:path";
import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import type { Client } from "pg";

const FOLDER = fileURLToPath(new URL("../../drizzle", import.meta.url));

/** Key of the advisory lock that lets one migration run at a time in a database; the number has no meaning. */
const LOCK = 7_305_811_264;

/** What `migrate` can install: the engine's `absurd` schema, or the dashboard's own tables. */
export type Component = "engine" | "dashboard";

/** A schema `absurd` is there that `migrate` did not install, and that it therefore leaves alone. */
export class ForeignSchemaError extends Error {
  override readonly name = "ForeignSchemaError";
  /** @param found What the schema was found to be, such as `version 0.4.0`. */
  constructor(readonly found: string) {
    super(
      `The database has a schema "absurd" that was not installed from here (${found}). It was left as it is.`,
    );
  }
}

/**
 * Brings one component up to date and returns how many of its files that took: 0 when there was nothing to do.
 *
 * All of it is one transaction, and one migration runs at a time in a database; a second one waits for the first. What
 * was applied is recorded in `absurd_dashboard.{component}_migrations` in the form of Drizzle's migrator, but that one
 * would create the record outside of the transaction.
 *
 * @throws ForeignSchemaError for the engine where an `absurd` schema exists that is not on record. Nothing has changed then.
 */
export async function migrate(client: Client, component: Component): Promise<number> {
  const files = readMigrationFiles({ migrationsFolder: path.join(FOLDER, component) });
  const record = `absurd_dashboard.${component}_migrations`;
  await client.query("begin");
  try {
    await client.query("select pg_advisory_xact_lock($1)", [LOCK]);
    const last = await lastApplied(client, record);
    const current = component === "engine" ? await checkEngine(client, last) : last;
    const pending = files.filter((file) => file.folderMillis > current);
    if (pending.length > 0) await prepareRecord(client, record, current);
    for (const file of pending) {
      await client.query(file.sql.join("\n"));
      await client.query(`insert into ${record} (hash, created_at) values ($1, $2)`, [
        file.hash,
        file.folderMillis,
      ]);
    }
    await client.query("commit");
    return pending.length;
  } catch (error) {
    // Without a connection there is nothing to roll back, and the first error says more.
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

/** The time stamp of the last file on record, 0 for none. */
async function lastApplied(client: Client, record: string): Promise<number> {
  const { rows } = await client.query("select to_regclass($1) is not null as exists", [record]);
  if (!rows[0].exists) return 0;
  const last = await client.query(`select max(created_at)::text as at from ${record}`);
  return Number(last.rows[0].at ?? 0);
}

/** Where the engine stands: 0 also when its schema was dropped since, so that it is installed anew. */
async function checkEngine(client: Client, last: number): Promise<number> {
  const { rows } = await client.query(`
    select
      to_regnamespace('absurd') is not null as installed,
      to_regclass('absurd.queues') is not null as has_queues,
      to_regprocedure('absurd.get_schema_version()') is not null as has_version
  `);
  const { installed, has_queues, has_version } = rows[0];
  if (!installed) return 0;
  if (last > 0) return last;
  if (has_version) {
    const version = await client.query("select absurd.get_schema_version() as version");
    throw new ForeignSchemaError(`version ${version.rows[0].version}`);
  }
  throw new ForeignSchemaError(
    has_queues ? "a version older than 0.2.0" : "it holds no engine that we know",
  );
}

async function prepareRecord(client: Client, record: string, current: number): Promise<void> {
  // Looked up first: CREATE ... IF NOT EXISTS asks for the right to create even where nothing is missing.
  const { rows } = await client.query(
    "select to_regnamespace('absurd_dashboard') is null as schema, to_regclass($1) is null as record",
    [record],
  );
  if (rows[0].schema) await client.query("create schema absurd_dashboard");
  if (rows[0].record)
    await client.query(
      `create table ${record} (id serial primary key, hash text not null, created_at bigint)`,
    );
  else if (current === 0) await client.query(`delete from ${record}`);
}
