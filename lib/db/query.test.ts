import { type SQL, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { openTestDatabase } from "@/testing/dashboard-database";
import {
  array,
  boolean,
  instant,
  integer,
  jsonObject,
  nullable,
  number,
  oneOf,
  text,
  uuid,
} from "./decode";
import { execute, fixText, query } from "./query";
import { inSnapshot } from "./snapshot";

const database = openTestDatabase();

const everything = {
  word: text,
  id: uuid,
  yes: boolean,
  count: integer,
  share: number,
  at: instant,
  never: instant,
  nothing: nullable(instant),
  words: array(text),
  settings: jsonObject,
  state: oneOf(["pending", "running"]),
};

const selectEverything = sql`
  select 'a' as word, '00000000-0000-7000-8000-000000000001'::uuid as id, true as yes,
    count(*) as count, 0.25::numeric as share,
    '2026-01-02T03:04:05.678901Z'::timestamptz as at, 'infinity'::timestamptz as never,
    null::timestamptz as nothing, array['b', 'c'] as words,
    '{"e":1}'::jsonb as settings, 'running' as state, 'unused' as "other"
  from generate_series(1, 3)`;

const decoded = {
  word: "a",
  id: "00000000-0000-7000-8000-000000000001",
  yes: true,
  count: 3,
  share: 0.25,
  at: "2026-01-02T03:04:05.678Z",
  never: "infinity",
  nothing: null,
  words: ["b", "c"],
  settings: { e: 1 },
  state: "running",
};

test("a snapshot's rows are decoded column by column", async () => {
  expect(await inSnapshot((db) => query(db, everything, selectEverything))).toEqual([decoded]);
});

test("a pool's rows are decoded to the same values", async () => {
  expect(await query(database.pool, everything, selectEverything)).toEqual([decoded]);
});

test("statements take parameters on a pool", async () => {
  await execute(database.pool, sql`select set_config(${"a.b"}, ${"c"}, false)`);
  expect(await query(database.pool, { n: integer }, sql`select ${41}::int + 1 as n`)).toEqual([
    { n: 42 },
  ]);
});

test.each([
  ["a missing column", { other: text }, 'Column "other": Expected text, got undefined.'],
  ["NULL", { nothing: text }, 'Column "nothing": Expected text, got null.'],
  ["another type", { word: integer }, 'Column "word": Expected an integer, got string.'],
  ["a number too large to be exact", { big: integer }, 'Column "big": Expected an integer'],
  ["an unknown state", { word: oneOf(["a", "b"]) }, 'Column "word": Expected one of a, b'],
])("%s is an error that names the column and not the value", async (_, columns, message) => {
  const statement = sql`select 'secret' as word, null as nothing, 9007199254740993 as big`;
  const rows = query(database.pool, columns, statement);
  await expect(rows).rejects.toThrow(message);
  await expect(rows).rejects.not.toThrow("secret");
});

test("a fixed text is part of any statement, and of other fixed texts", async () => {
  const texts = new Map<string, SQL>();
  const word = (key: string) => fixText(texts, key, () => sql`select '${sql.raw(key)}' as word`);
  const both = fixText(texts, "both", () => sql`${word("⟨1⟩")} union all ${word("b")}`);
  const statement = () => sql`select word || ${"!"}::text as word from (${both}) as words`;
  for (let n = 0; n < 2; n++)
    expect(await query(database.pool, { word: text }, statement())).toEqual([
      { word: "⟨1⟩!" },
      { word: "b!" },
    ]);
  expect(await inSnapshot((db) => query(db, { word: text }, statement()))).toHaveLength(2);
  expect(word("b")).toBe(texts.get("b"));
  expect(() => fixText(texts, "c", () => sql`select ${1}::int`)).toThrow("parameters");
});

test("more statements with fixed texts than are remembered still get theirs", async () => {
  const texts = new Map<string, SQL>();
  for (let n = 0; n < 450; n++) {
    const part = fixText(texts, `${n}`, () => sql.raw(`${n}`));
    if (n % 50 === 0 || n > 440)
      expect(await query(database.pool, { n: integer }, sql`select ${part} as n`)).toEqual([{ n }]);
  }
});
