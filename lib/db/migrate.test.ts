import path from "node:path";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findErrorCode } from "@/lib/model/sqlstate";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { untilAwaited } from "@/testing/locks";
import { MIGRATIONS_FOLDER, migrate } from "./migrate";

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase({ empty: true });
  await installAllButLast();
});
afterEach(() => database.drop());

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: database.url, lock_timeout: 10_000 });
  await client.connect();
  return client;
}

async function installAllButLast(): Promise<void> {
  const files = readMigrationFiles({ migrationsFolder: path.join(MIGRATIONS_FOLDER, "dashboard") });
  const { pool } = database;
  await pool.query("create schema absurd_dashboard");
  await pool.query(
    "create table absurd_dashboard.dashboard_migrations (id serial primary key, hash text not null, created_at bigint)",
  );
  for (const file of files.slice(0, -1)) {
    await pool.query(file.sql.join("\n"));
    await pool.query(
      "insert into absurd_dashboard.dashboard_migrations (hash, created_at) values ($1, $2)",
      [file.hash, file.folderMillis],
    );
  }
}

const ENTRY = `insert into absurd_dashboard.audit_entry (operator, action, outcome, parameters, result)
  values ('ada', 'cancel task', 'done', '{}', '{}')`;

test("a migration waits for the batch of a bulk operation", async () => {
  const [batch, migration] = [await connect(), await connect()];
  await batch.query("begin");
  await batch.query("update absurd_dashboard.bulk_job set done = done");
  await batch.query(ENTRY);
  const migrated = migrate(migration, "dashboard");
  await untilAwaited(database.pool, batch);
  await batch.query("commit");
  expect(await migrated).toMatchObject({ files: 1 });
  await Promise.all([batch.end(), migration.end()]);
});

test("when a batch and a migration deadlock, one of them is retried", async () => {
  const [batch, migration] = [await connect(), await connect()];
  await batch.query("begin");
  await batch.query("update absurd_dashboard.bulk_job set done = done");
  const migrated = migrate(migration, "dashboard");
  // The migration now holds the audit log, and the batch needs it next.
  await untilAwaited(database.pool, batch);
  const ended = await batch
    .query(ENTRY)
    .then(() => batch.query("commit"))
    .then(
      () => "committed",
      async (error: unknown) => {
        await batch.query("rollback");
        return findErrorCode(error);
      },
    );
  expect(["committed", "40P01"]).toContain(ended);
  expect(await migrated).toMatchObject({ files: 1 });
  await Promise.all([batch.end(), migration.end()]);
});
