import { eq, inArray, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { PgDialect } from "drizzle-orm/pg-core";
import { afterEach, expect, test, vi } from "vitest";
import { openTestDatabase } from "@/testing/dashboard-database";
import { integer, text } from "./decode";
import { query } from "./query";
import { isLarge, renderInTurns } from "./render";
import { queueTables } from "./schema";
import { inSnapshot } from "./snapshot";

const database = openTestDatabase();
const dialect = new PgDialect();
afterEach(() => {
  vi.restoreAllMocks();
});

const many = (count: number) =>
  sql.join(
    Array.from({ length: count }, (_, n) => sql`select ${n}::int as n`),
    sql` union all `,
  );

test("a statement is rendered like by Drizzle, except that equal parameters are sent once", async () => {
  const { tasks, runs } = queueTables('odd "queue"');
  const named = drizzle(database.pool)
    .select({ id: runs.runId })
    .from(runs)
    .where(eq(runs.attempt, 3))
    .as("named");
  const statement = sql`select ${tasks.name} as ${sql.identifier("a b")}, ${sql.raw("1")}, ${null}::text,
      ${sql.param(["x", "y"])}::text[], ${true}::boolean from ${tasks} cross join ${named}
    where ${inArray(tasks.state, ["failed", "pending"])} and ${tasks.taskId} = ${"x"}${undefined}`;
  expect(await renderInTurns(statement)).toEqual({
    sql: dialect.sqlToQuery(statement).sql,
    params: dialect.sqlToQuery(statement).params,
  });
  const repeated = sql`select ${"a"}::text, ${"a"}::text, ${"a"}::uuid, ${"a"}, ${1}::int, ${"1"}::int`;
  expect(await renderInTurns(repeated)).toEqual({
    sql: "select $1::text, $1::text, $2::uuid, $3, $4::int, $5::int",
    params: ["a", "a", "a", 1, "1"],
  });
});

test("a statement may repeat a parameter more often than the protocol allows parameters", async () => {
  const rows = sql.join(
    Array.from({ length: 40_000 }, () => sql`(${7}::int, ${"seven"}::text)`),
    sql`, `,
  );
  const statement = sql`select count(*)::int as n, min(word) as word from (values ${rows}) as same (n, word)`;
  const columns = { n: integer, word: text };
  expect(await inSnapshot((db) => query(db, columns, statement))).toEqual([
    { n: 40_000, word: "seven" },
  ]);
});

test("a large statement is rendered with a pause for every few hundred parts", async () => {
  expect(isLarge(many(500))).toBe(false);
  expect(isLarge(many(5_000))).toBe(true);
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 20));
  const pauses = vi.spyOn(globalThis, "setTimeout");
  await renderInTurns(many(5_000));
  expect(pauses.mock.calls.length).toBeGreaterThan(100);
});
