import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { openSession } from "../session";
import { checkOutcome } from "./outcome";
import { type TortureOptions, torture } from "./torture";

const OPTIONS: TortureOptions =
  process.env.ABSURD_LONG === "1"
    ? { tasks: 2_000, workers: 8, kills: 40, claimTimeout: 5, timeoutSeconds: 900 }
    : { tasks: 150, workers: 3, kills: 4, claimTimeout: 3, timeoutSeconds: 120 };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test(`${OPTIONS.tasks} tasks survive ${OPTIONS.kills} killed workers, each step with one effect`, {
  timeout: (OPTIONS.timeoutSeconds + 60) * 1000,
}, async () => {
  const logBefore = (await readFile(inject("serverLog"), "utf8")).length;
  const { spawned } = await torture(database, OPTIONS);
  const session = await openSession(database.url);
  const { violations, abandonedRuns } = await checkOutcome(session.client, spawned);
  const [statistics] = await session.query(
    "select deadlocks::int from pg_stat_database where datname = current_database()",
  );
  await session.close();

  expect(violations).toEqual([]);
  expect(abandonedRuns).toBeGreaterThan(0);
  expect(statistics).toEqual({ deadlocks: 0 });
  const log = (await readFile(inject("serverLog"), "utf8")).slice(logBefore);
  expect(log).not.toContain("deadlock detected");
});
