import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { forgetEnvironment } from "@/lib/db/env";
import { closePools } from "@/lib/db/pools";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { runDoctor } from "./doctor";
import { runMigrate } from "./migrate";

let eu: TestDatabase;
let us: TestDatabase;
const printed: string[] = [];

beforeAll(async () => {
  [eu, us] = await Promise.all([
    createTestDatabase({ empty: true }),
    createTestDatabase({ empty: true }),
  ]);
  const gone = new URL(eu.url);
  gone.pathname = "/none";
  vi.stubEnv("DATABASE_URL", "");
  vi.stubEnv(
    "DATABASES",
    JSON.stringify([
      { name: "eu", url: eu.url, label: "Europe" },
      { name: "gone", url: gone.href },
      { name: "us", url: us.url },
    ]),
  );
  forgetEnvironment();
  for (const stream of ["log", "error"] as const)
    vi.spyOn(console, stream).mockImplementation((text: string) => void printed.push(text));
});
beforeEach(() => void printed.splice(0));
afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  forgetEnvironment();
  await closePools();
  await Promise.all([eu.drop(), us.drop()]);
});

const hasTables = async ({ pool }: TestDatabase) => {
  const { rows } = await pool.query("select to_regclass('absurd_dashboard.session') as found");
  return rows[0].found !== null;
};

test("migrate updates all databases even if one is unreachable", async () => {
  expect(await runMigrate({ engine: true, database: "us" })).toBe(0);
  expect([await hasTables(eu), await hasTables(us)]).toEqual([false, true]);
  expect(await runMigrate({ engine: true })).toBe(1);
  expect(await hasTables(eu)).toBe(true);
  expect(printed).toContain("eu:");
  expect(printed.join()).toContain('There is no database "none"');
  expect(await runMigrate({ engine: false, database: "asia" })).toBe(2);
});

test("the doctor has a report for each database", async () => {
  const flags = { json: true, printConfig: false };
  expect(await runDoctor({}, flags)).toBe(1);
  const { databases } = JSON.parse(printed.join(""));
  expect(databases).toMatchObject([
    { name: "eu", label: "Europe" },
    {
      ...{ name: "gone", verdict: "error" },
      checks: [{ hint: expect.stringContaining('in DATABASES ("gone")') }],
    },
    { name: "us" },
  ]);
  printed.splice(0);
  expect(await runDoctor({}, { ...flags, json: false, database: "eu" })).toBe(0);
  expect(printed.join("")).toMatch(/^eu \(Europe\)\nok {7}connection: /);
  await expect(runDoctor({}, { ...flags, database: "asia" })).rejects.toThrow("eu, gone, us");
});

test("a name is refused if there is only DATABASE_URL", async () => {
  vi.stubEnv("DATABASE_URL", eu.url);
  vi.stubEnv("DATABASES", "");
  forgetEnvironment();
  expect(await runMigrate({ engine: false, database: "eu" })).toBe(2);
  expect(printed).toEqual([expect.stringContaining("DATABASES, which is not set")]);
  const flags = { json: false, printConfig: false, database: "eu" };
  await expect(runDoctor({}, flags)).rejects.toThrow("DATABASES, which is not set");
});
