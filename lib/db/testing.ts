import { afterAll, beforeAll } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/lib/testing/database";
import { forgetEnvironment } from "./env";
import { closePools } from "./pools";

/**
 * Gives a test file a database of its own and points the dashboard's pools at it, with these other settings.
 */
export function openTestDatabase(
  options: { empty?: boolean; settings?: Record<string, string> } = {},
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
