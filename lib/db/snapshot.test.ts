import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { openTestDatabase } from "@/testing/dashboard-database";
import { integer, text } from "./decode";
import { closePools } from "./pools";
import { execute, query } from "./query";
import { type Database, inSnapshot, keepPlans, sendFirst } from "./snapshot";

// One session, so that each transaction waits until the one before has ended and uses the same.
const database = openTestDatabase({ settings: { DATABASE_READ_CONNECTIONS: "1" } });

const double = (db: Database, value: number) =>
  query(keepPlans(db), { doubled: integer }, sql`select ${value}::int * 2 as doubled`);

const listKept = (db: Database) =>
  query(
    db,
    { statement: text },
    sql`select statement from pg_prepared_statements where statement like '%as doubled'`,
  );

test("a kept statement is parsed once for a session, for any values", async () => {
  expect(await inSnapshot((db) => double(db, 2))).toEqual([{ doubled: 4 }]);
  await inSnapshot(async (db) => {
    expect(await double(db, 3)).toEqual([{ doubled: 6 }]);
    expect(await listKept(db)).toHaveLength(1);
  });
});

test("a session that dropped its kept statements gets them unnamed again", async () => {
  await inSnapshot((db) => double(db, 2));
  await inSnapshot((db) => sendFirst(db, "deallocate all"));
  expect(await inSnapshot((db) => double(db, 4))).toEqual([{ doubled: 8 }]);
  expect(await inSnapshot(listKept)).toEqual([]);
});

const select = (db: Database, n: number) =>
  query(keepPlans(db), { value: integer }, sql`select ${sql.raw(`${n}`)} as value`);
const listSelects = async (db: Database) => {
  const rows = await query(
    db,
    { statement: text },
    sql`select statement from pg_prepared_statements where statement like '%as value'`,
  );
  return rows.map(({ statement }) => statement);
};
const numbers = (length: number) => Array.from({ length }, (_, n) => n);

test("a session keeps the hundred statements used last", async () => {
  await closePools();
  await inSnapshot(async (db) => {
    for (let n = 0; n < 150; n++) {
      expect(await select(db, n)).toEqual([{ value: n }]);
      expect(await select(db, 0)).toEqual([{ value: 0 }]);
    }
  });
  await inSnapshot(async (db) => {
    const kept = await listSelects(db);
    expect(kept).toHaveLength(100);
    expect(kept).toContain("select 0 as value");
    expect(kept).toContain("select 51 as value");
    expect(kept).not.toContain("select 50 as value");
    expect(await select(db, 50)).toEqual([{ value: 50 }]);
  });
  await inSnapshot((db) => double(db, 2));
  expect(await inSnapshot(listKept)).toHaveLength(1);
});

test("more than a hundred statements that share a round trip are not kept", async () => {
  await closePools();
  await inSnapshot((db) => Promise.all(numbers(150).map((n) => select(db, n))));
  expect(await inSnapshot(listSelects)).toHaveLength(100);
});

test("a session keeps statements after one failed while another took the place of an older one", async () => {
  await closePools();
  await inSnapshot((db) => Promise.all(numbers(100).map((n) => select(db, n))));
  const failing = inSnapshot((db) =>
    Promise.all([execute(db, sql`select 1 / ${0}::int`), select(db, 100)]),
  );
  await expect(failing).rejects.toMatchObject({ cause: { code: "22012" } });
  expect(await inSnapshot((db) => select(db, 0))).toEqual([{ value: 0 }]);
  await inSnapshot((db) => double(db, 2));
  expect(await inSnapshot(listKept)).toHaveLength(1);
});

test("a kept statement follows a column that changes its type", async () => {
  await database.pool.query("create table public.changing (value int)");
  await database.pool.query("insert into public.changing values (7)");
  const get = () =>
    inSnapshot((db) =>
      query(
        keepPlans(db),
        { value: (value) => value },
        sql`select value from public.changing where value::text = ${"7"}`,
      ),
    );
  expect(await get()).toEqual([{ value: 7 }]);
  await database.pool.query("alter table public.changing alter value type text");
  expect(await get()).toEqual([{ value: "7" }]);
});

test("commands sent first take effect before a statement that shares their round trip", async () => {
  const [, [row]] = await inSnapshot((db) =>
    Promise.all([
      sendFirst(db, "set local search_path = pg_catalog"),
      query(db, { path: text }, sql`select current_setting('search_path') as path`),
    ]),
  );
  expect(row).toEqual({ path: "pg_catalog" });
});

/** The same, some turns later. */
async function passOn<T>(work: Promise<T>, turns = 20): Promise<T> {
  return turns > 0 ? passOn(work, turns - 1) : work;
}

test("of statements that share a round trip, the error of the first is reported", async () => {
  const read = inSnapshot(async (db) => {
    const both = Promise.all([
      passOn(execute(db, sql`select 1 / ${0}::int`)),
      execute(db, sql`select ${1}::int`),
    ]);
    both.catch(() => undefined);
    for (let n = 0; n < 20; n++) await undefined;
    // Both responses have arrived before the first is read.
    const until = performance.now() + 100;
    while (performance.now() < until);
    return both;
  });
  await expect(read).rejects.toMatchObject({ cause: { code: "22012" } });
  expect(await inSnapshot((db) => double(db, 1))).toEqual([{ doubled: 2 }]);
});

const getSession = async (db: Database) =>
  (await query(db, { session: integer }, sql`select pg_backend_pid() as session`))[0]?.session;

test("an abort between two statements neither starts the second nor drops the connection", async () => {
  const session = await inSnapshot(getSession);
  const leaving = new AbortController();
  const read = inSnapshot(
    async (db) => {
      await double(db, 1);
      leaving.abort(new Error("gone"));
      await pause(50);
      await execute(db, sql`select pg_sleep(3)`);
    },
    { signal: leaving.signal },
  );
  await expect(read).rejects.toThrow("gone");
  expect(await inSnapshot(getSession)).toBe(session);
});

test("a part of a failed read sends no statement in the next one", async () => {
  let late: Promise<unknown> = Promise.resolve();
  const read = inSnapshot((db) => {
    late = pause(50).then(() => execute(db, sql`select 1`));
    late.catch(() => undefined);
    return Promise.all([late, execute(db, sql`select 1 / ${0}::int`)]);
  });
  await expect(read).rejects.toMatchObject({ cause: { code: "22012" } });
  await expect(late).rejects.toMatchObject({ cause: { message: "The snapshot has ended." } });
});
