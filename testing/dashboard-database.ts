import { afterAll, beforeAll } from "vitest";
import { forgetEnvironment } from "@/lib/db/env";
import { closePools } from "@/lib/db/pools";
import { createTestDatabase, type DatabaseOptions, type TestDatabase } from "@/testing/database";

/** Gives a test file its own database and connects the dashboard's pools to it, with additional settings. */
export function openTestDatabase(
  options: DatabaseOptions & { settings?: Record<string, string> } = {},
): TestDatabase {
  const database = {} as TestDatabase;
  beforeAll(async () => {
    Object.assign(database, await createTestDatabase(options));
    Object.assign(process.env, { DATABASE_URL: database.url, ...options.settings });
    forgetEnvironment();
  });
  afterAll(async () => {
    await closePools();
    await database.drop();
  });
  return database;
}

/**
 * Ends the dashboard's connections to this database, and waits until the server has ended their sessions too: only then
 * do the statistics include all of their work. The work of the test's own pool is flushed as well.
 */
export async function endReaders({ pool }: TestDatabase): Promise<void> {
  await closePools();
  const left = `select from pg_stat_activity
    where datname = current_database() and application_name like 'absurd-dashboard%'`;
  while ((await pool.query(left)).rows.length > 0);
  await pool.query("select pg_stat_force_next_flush()");
}
