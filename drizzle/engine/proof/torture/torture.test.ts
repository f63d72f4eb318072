import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { openSession } from "../session";
import { type Torture, torture } from "./torture";
import { judge } from "./verdict";

const FORM: Torture =
  process.env.ABSURD_LONG === "1"
    ? { tasks: 2_000, workers: 8, kills: 40, claimTimeout: 5, patience: 900 }
    : { tasks: 150, workers: 3, kills: 4, claimTimeout: 3, patience: 120 };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test(`${FORM.tasks} tasks survive ${FORM.kills} killed workers, each step with one effect`, {
  timeout: (FORM.patience + 60) * 1000,
}, async () => {
  const logBefore = (await readFile(inject("serverLog"), "utf8")).length;
  const { spawned } = await torture(database, FORM);
  const session = await openSession(database.url);
  const { faults, abandonedRuns } = await judge(session.client, spawned);
  const [statistics] = await session.query(
    "select deadlocks::int from pg_stat_database where datname = current_database()",
  );
  await session.close();

  expect(faults).toEqual([]);
  expect(abandonedRuns).toBeGreaterThan(0);
  expect(statistics).toEqual({ deadlocks: 0 });
  const log = (await readFile(inject("serverLog"), "utf8")).slice(logBefore);
  expect(log).not.toContain("deadlock detected");
});
