import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "./database";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("each test file has its own database on a real server", async () => {
  const { rows } = await database.pool.query("select current_database() as name");
  expect(new URL(database.url).pathname).toBe(`/${rows[0].name}`);
});
