import { Client, Pool } from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { atomically } from "./atomically.ts";
import type { Queryable } from "./queryable.ts";

let database: TestDatabase;
let connection: Client;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  connection = new Client({ connectionString: database.url });
  await connection.connect();
  await connection.query("create table note (text text primary key)");
});
beforeEach(async () => {
  await connection.query("delete from note");
});
afterAll(async () => {
  await connection.end();
  await database.drop();
});

const write = (db: Queryable, text: string) => db.query("insert into note values ($1)", [text]);
const notes = async (db: Queryable) => {
  const { rows } = await db.query("select text from note order by text");
  return rows.map((row) => row.text);
};
const writeThenFail = async (tx: Queryable) => {
  await write(tx, "undone");
  throw new Error("the work failed");
};

test("on a pool the work is a transaction on one connection", async () => {
  await atomically(database.pool, async (tx) => {
    await write(tx, "kept");
    expect(await notes(database.pool)).toEqual([]);
  });
  expect(await notes(database.pool)).toEqual(["kept"]);
  expect(database.pool.idleCount).toBe(database.pool.totalCount);
});

test("on a pool a failure rolls back and releases the connection", async () => {
  await expect(atomically(database.pool, writeThenFail)).rejects.toThrow("the work failed");
  expect(await notes(database.pool)).toEqual([]);
  expect(database.pool.idleCount).toBe(database.pool.totalCount);
});

test("on a connection outside a transaction the work is a transaction", async () => {
  await expect(atomically(connection, writeThenFail)).rejects.toThrow("the work failed");
  await atomically(connection, (tx) => write(tx, "kept"));
  expect(await notes(database.pool)).toEqual(["kept"]);
});

test("inside a transaction a failure undoes only the work, and the caller can continue", async () => {
  await connection.query("begin");
  await write(connection, "caller");
  await expect(atomically(connection, writeThenFail)).rejects.toThrow("the work failed");
  await expect(
    atomically(connection, async (tx) => {
      await atomically(tx, (inner) => write(inner, "nested"));
      await write(tx, "caller");
    }),
  ).rejects.toThrow("duplicate key");
  await connection.query("commit");
  expect(await notes(database.pool)).toEqual(["caller"]);
});

test("inside a transaction the caller's commit makes the work durable", async () => {
  await connection.query("begin");
  await atomically(connection, (tx) => write(tx, "work"));
  await connection.query("rollback");
  expect(await notes(database.pool)).toEqual([]);
});

test("a lost connection does not end the process and is removed from the pool", async () => {
  // Needs a pool without error listeners, unlike the test database's.
  const pool = new Pool({ connectionString: database.url });
  await expect(
    atomically(pool, async (tx) => {
      await tx.query("select pg_terminate_backend(pg_backend_pid())");
    }),
  ).rejects.toThrow();
  expect(pool.totalCount).toBe(0);
  expect(await notes(pool)).toEqual([]);
  await pool.end();
});
