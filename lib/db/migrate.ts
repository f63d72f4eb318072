import path from "node:path";
import { fileURLToPath } from "node:url";
import { type MigrationMeta, readMigrationFiles } from "drizzle-orm/migrator";
import type { Client } from "pg";
import { isTransient } from "@/lib/model/sqlstate";
import {
  checkInstalled,
  ForeignSchemaError,
  findVersion,
  parseRelease,
  restoreFunctions,
} from "./installed-engine";

/** The folder of the migration files, with one sub-folder per component. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL("../../drizzle", import.meta.url));

/** Key of the advisory lock that serialises migrations of a database; the number has no meaning. */
const LOCK = 7_305_811_264;

/** How often a migration that meets other sessions' locks starts over, and the pause before, in milliseconds. */
const ATTEMPTS = 5;
const PAUSE_MS = 500;

/** The components that `migrate` can install: the engine's `absurd` schema, or the dashboard's own tables. */
export type Component = "engine" | "dashboard";

export type Migration = {
  /** Number of files applied. */
  files: number;
  /** Engine functions that another program had replaced and that were restored. */
  restored: string[];
};

/**
 * Brings one component up to date. A second call changes nothing.
 *
 * Everything happens in one transaction, and migrations of a database run one after another. Applied files are
 * recorded in `absurd_dashboard.{component}_migrations`, in the format of Drizzle's migrator, which itself would
 * create that table outside the transaction.
 *
 * An installed engine is checked before any file is applied: its record, the version it reports and the bodies of
 * its functions must agree. Only the functions that `absurdctl migrate` replaces may differ; they are restored.
 *
 * If it meets another session's locks, it starts over, a few times.
 *
 * @throws ForeignSchemaError for the engine, with nothing changed, if the `absurd` schema is not the one on
 * record.
 */
export async function migrate(client: Client, component: Component): Promise<Migration> {
  const files = readMigrationFiles({ migrationsFolder: path.join(MIGRATIONS_FOLDER, component) });
  for (let attempt = 1; ; attempt++) {
    try {
      return await applyFiles(client, component, files);
    } catch (error) {
      // A bulk operation takes its locks in another order. It runs in short transactions, so the next attempt may
      // meet none.
      if (!isTransient(error) || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

async function applyFiles(
  client: Client,
  component: Component,
  files: MigrationMeta[],
): Promise<Migration> {
  const record = `absurd_dashboard.${component}_migrations`;
  await client.query("begin");
  try {
    await client.query("select pg_advisory_xact_lock($1)", [LOCK]);
    const last = await findLastApplied(client, record);
    const current = component === "engine" ? await checkEngine(client, last, files) : last;
    const pending = files.filter((file) => file.folderMillis > current);
    if (pending.length > 0) {
      if (component === "dashboard") await lockOwnTables(client);
      await prepareRecord(client, record, current);
    }
    for (const file of pending) {
      await client.query(file.sql.join("\n"));
      await client.query(`insert into ${record} (hash, created_at) values ($1, $2)`, [
        file.hash,
        file.folderMillis,
      ]);
    }
    const restored = component === "engine" ? await restoreFunctions(client, files) : [];
    await client.query("commit");
    return { files: pending.length, restored };
  } catch (error) {
    // Without a connection there is nothing to roll back, and the first error is the useful one.
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

/**
 * Locks the dashboard's tables before changing any: other sessions finish their work on them first, and a deadlock
 * can only happen before anything has changed.
 */
async function lockOwnTables(client: Client): Promise<void> {
  const { rows } = await client.query(
    `select string_agg(format('%I.%I', schemaname, tablename), ', ' order by tablename) as tables
     from pg_tables where schemaname = 'absurd_dashboard' and tableowner = current_user`,
  );
  if (rows[0].tables) await client.query(`lock table ${rows[0].tables} in access exclusive mode`);
}

/** The timestamp of the last file on record, 0 for none. */
async function findLastApplied(client: Client, record: string): Promise<number> {
  const { rows } = await client.query("select to_regclass($1) is not null as exists", [record]);
  if (!rows[0].exists) return 0;
  const last = await client.query(`select max(created_at)::text as at from ${record}`);
  return Number(last.rows[0].at ?? 0);
}

/**
 * The timestamp of the last file that the installed engine has; 0 without a schema, even if its record remains.
 */
async function checkEngine(client: Client, last: number, files: MigrationMeta[]): Promise<number> {
  const { rows } = await client.query(
    "select to_regnamespace('absurd') is not null as installed, to_regclass('absurd.queues') is not null as has_queues",
  );
  const { installed, has_queues } = rows[0];
  if (!installed) return 0;
  if (last === 0) {
    const version = await findVersion(client);
    const kind = has_queues ? "a version older than 0.2.0" : "no engine that this command knows";
    throw new ForeignSchemaError(
      `The database has a schema "absurd" that was not installed from here (${version === null ? kind : `version ${version}`})`,
    );
  }
  if (last > Math.max(...files.map((file) => file.folderMillis)))
    throw new ForeignSchemaError(
      'The schema "absurd" was installed by a newer version of this command, or by one that was not released',
    );
  const recorded = files.filter((file) => file.folderMillis <= last);
  await checkInstalled(client, recorded, parseRelease(files));
  return last;
}

async function prepareRecord(client: Client, record: string, current: number): Promise<void> {
  // CREATE ... IF NOT EXISTS requires the CREATE privilege even if the object exists, so look first.
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
