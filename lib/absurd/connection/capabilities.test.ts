import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { UnsupportedByEngineError } from "../errors.ts";
import { retryTask } from "../tasks/tasks.ts";
import { downgradeEngine } from "../testing/legacy.ts";
import { getCapabilities, requireFeature } from "./capabilities.ts";
import type { Queryable } from "./queryable.ts";

let database: TestDatabase;
let connection: Client;
beforeEach(async () => {
  database = await createTestDatabase();
  connection = new Client({ connectionString: database.url });
  await connection.connect();
});
afterEach(async () => {
  await connection.end();
  await database.drop();
});

/** A connection that counts its statements. */
function counted(db: Queryable) {
  const count = { statements: 0 };
  const query: Queryable["query"] = (text, values) => {
    count.statements++;
    return db.query(text, values);
  };
  return { count, db: Object.assign(Object.create(db), { query }) as Queryable };
}

test("the current engine has every feature", async () => {
  const { installed, schemaVersion, features } = await getCapabilities(connection);
  expect({ installed, schemaVersion }).toEqual({ installed: true, schemaVersion: "0.5.1" });
  expect([...features]).toContain("strict retry strategies");
  expect(features.size).toBe(10);
});

test("connections to one database share a probe", async () => {
  const second = new Client({ connectionString: database.url });
  await second.connect();
  const { count, db } = counted(second);
  const [first, again] = [await getCapabilities(connection), await getCapabilities(db)];
  await second.end();
  expect(again).toBe(first);
  expect(count.statements).toBe(0);
});

test("two databases are distinguished", async () => {
  const empty = await createTestDatabase({ empty: true });
  await getCapabilities(database.pool);
  expect(await getCapabilities(empty.pool)).toEqual({
    installed: false,
    features: new Set(),
    cron: false,
  });
  await expect(requireFeature(empty.pool, "retry_task")).rejects.toThrow("schema not installed");
  await empty.drop();
});

test("a missing feature is probed again, so a migration is noticed at once", async () => {
  const source = await connection.query(
    "select pg_get_functiondef('absurd.retry_task'::regproc) as text",
  );
  await connection.query("drop function absurd.retry_task");
  const missing = await requireFeature(connection, "retry_task").catch((error) => error);
  expect(missing).toBeInstanceOf(UnsupportedByEngineError);
  expect(missing).toMatchObject({ operation: "retry_task", found: "0.5.1", since: "0.2.0" });
  await connection.query(source.rows[0].text);
  await requireFeature(connection, "retry_task");
});

test("a failed probe is not cached", async () => {
  await connection.query("begin");
  await connection.query("select 1 / 0").catch(() => {});
  await expect(getCapabilities(connection)).rejects.toThrow();
  await connection.query("rollback");
  expect((await getCapabilities(connection)).installed).toBe(true);
});

test("an engine without a version is recognised by its missing features", async () => {
  await downgradeEngine(connection, "0.1.0");
  const { schemaVersion, features } = await getCapabilities(connection);
  expect(schemaVersion).toBeUndefined();
  expect([...features].sort()).toEqual(
    ["cancel_task", "extend_claim", "idempotency keys", "lease checks", "write-once events"].sort(),
  );
  await expect(requireFeature(connection, "retry_task")).rejects.toThrow(
    "(schema older than 0.2.0) has no retry_task; it exists since schema 0.2.0",
  );
});

test.each([false, true])(
  "a feature that disappeared is noticed by the call that needs it (within a transaction: %s)",
  async (inTransaction) => {
    await getCapabilities(connection);
    await downgradeEngine(connection, "0.1.0");
    const retry = () => retryTask(connection, "any", randomUUID());
    if (inTransaction) {
      // The transaction is aborted, so the probe fails in it.
      await connection.query("begin");
      await expect(retry()).rejects.toThrow("SQLSTATE 42883");
      await connection.query("rollback");
    }
    await expect(retry()).rejects.toThrow(UnsupportedByEngineError);
  },
);
