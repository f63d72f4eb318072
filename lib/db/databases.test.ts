import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { coalesce } from "@/lib/live/shared-reads";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import type { DatabasePool } from "./connection/pool";
import { getDatabase, listDatabases, runOn } from "./databases";
import { text } from "./decode";
import { forgetEnvironment } from "./env";
import { closePools, getHomePool, getReadPool, getWritePool } from "./pools";
import { query } from "./query";
import { queueTables } from "./schema";
import { runAs, UNRESTRICTED, viewerKey } from "./viewer";

let eu: TestDatabase;
let us: TestDatabase;

const before = { DATABASE_URL: process.env.DATABASE_URL };

beforeAll(async () => {
  [eu, us] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await closePools();
  delete process.env.DATABASE_URL;
  process.env.DATABASES = JSON.stringify([
    { name: "eu", url: eu.url, tenants: ["acme"] },
    { name: "us", url: us.url },
  ]);
  forgetEnvironment();
});

afterAll(async () => {
  await closePools();
  delete process.env.DATABASES;
  if (before.DATABASE_URL) process.env.DATABASE_URL = before.DATABASE_URL;
  forgetEnvironment();
  await Promise.all([eu.drop(), us.drop()]);
});

const nameIn = async (pool: DatabasePool) => {
  const [row] = await query(pool, { name: text }, sql`select current_database()::text as name`);
  return row?.name;
};
const nameOf = ({ url }: TestDatabase) => new URL(url).pathname.slice(1);

test("work runs on the database that was chosen for it, also after an await", async () => {
  const names = await Promise.all(
    listDatabases().map((database) =>
      runOn(database, async () => {
        const read = await nameIn(getReadPool());
        return [getDatabase().name, read, await nameIn(getWritePool())];
      }),
    ),
  );
  expect(names).toEqual([
    ["eu", nameOf(eu), nameOf(eu)],
    ["us", nameOf(us), nameOf(us)],
  ]);
});

test("without a choice, no database is picked as the default", () => {
  expect(() => getReadPool()).toThrow("before a database is chosen");
  expect(() => getWritePool()).toThrow("before a database is chosen");
  expect(() => runOn({ name: "gone" }, getWritePool)).toThrow("before a database is chosen");
});

test("sessions are always in the first database", async () => {
  expect(await runOn({ name: "us" }, () => nameIn(getHomePool()))).toBe(nameOf(eu));
});

test("equal viewers of different databases share no result", async () => {
  const read = (name: string) =>
    runOn({ name }, () =>
      runAs(UNRESTRICTED, () =>
        coalesce(["name"], undefined, async () => ({ name: getDatabase().name })),
      ),
    );
  expect(await Promise.all([read("eu"), read("us")])).toEqual([{ name: "eu" }, { name: "us" }]);
  const keys = ["eu", "us"].map((name) =>
    runOn({ name }, () => runAs(UNRESTRICTED, () => viewerKey())),
  );
  expect(new Set(keys).size).toBe(2);
});

test("each database has its own restriction to tenants", () => {
  const tables = (name: string) =>
    runOn({ name }, () => runAs(UNRESTRICTED, () => queueTables("orders")));
  expect(tables("eu")).not.toBe(tables("us"));
  expect(tables("eu").tasks.constructor.name).toBe("Subquery");
  expect(tables("us").tasks.constructor.name).toBe("PgTable");
});
