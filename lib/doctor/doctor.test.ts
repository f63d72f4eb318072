/** The doctor on real databases: healthy, without the schema, without rights, and unreachable. */
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { downgradeEngine, LEGACY_GENERATIONS } from "@/lib/absurd/testing/legacy";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { startPgBouncer } from "@/testing/installed/pgbouncer";
import { examine } from "./examine";
import type { Report } from "./report";

let database: TestDatabase;
let url: URL;
beforeAll(async () => {
  database = await createTestDatabase();
  url = new URL(database.url);
  await createQueue(database.pool, "orders");
  await database.pool.query(`create role doctor_reader login password 'pass'`);
  await database.pool.query(`grant usage on schema absurd to doctor_reader`);
  await database.pool.query(`grant select on all tables in schema absurd to doctor_reader`);
});
afterAll(async () => {
  await database.pool.query("drop owned by doctor_reader; drop role doctor_reader");
  await database.drop();
});

const at = (change: (url: URL) => void): string => {
  const other = new URL(url);
  change(other);
  return other.href;
};
const verdicts = ({ checks }: Report) =>
  Object.fromEntries(checks.map((one) => [one.id, one.verdict]));
const find = ({ checks }: Report, id: string) => checks.find((check) => check.id === id);

test("a healthy database passes every check, and nothing in it is changed", async () => {
  const report = await examine(url.href);
  expect(report.checks.filter(({ verdict }) => verdict === "error")).toEqual([]);
  expect(verdicts(report)).toMatchObject({
    connection: "ok",
    postgresql: "ok",
    clock: "ok",
    pooler: "ok",
    schema: "ok",
    rights: "ok",
  });
  expect(JSON.stringify(report)).not.toContain(url.password);
});

test("a read-only role receives the list of disabled features, with the grants that enable them", async () => {
  const report = await examine(
    at((other) => Object.assign(other, { username: "doctor_reader", password: "pass" })),
  );
  expect(verdicts(report)).toMatchObject({ "rights-act": "warning", "rights-queues": "warning" });
  expect(find(report, "rights-act")?.message).toContain('off on "orders"');
  expect(find(report, "rights-act")?.hint).toContain('to "doctor_reader"');
  expect(find(report, "rights-read")).toBeUndefined();
});

test("following the hints leads from a role without any right to one that may do everything", async () => {
  await database.pool.query(`create role doctor_nobody login password 'pass'`);
  const role = at((other) => Object.assign(other, { username: "doctor_nobody", password: "pass" }));
  const found: string[] = [];
  try {
    for (;;) {
      const report = await examine(role);
      const [problem] = report.checks.filter(({ verdict }) => /error|warning/.test(verdict));
      if (!problem) break;
      expect(found).not.toContain(problem.message);
      found.push(problem.message);
      const [, grant = ""] = /`([^`]+)`/.exec(problem.hint ?? "") ?? [];
      await database.pool.query(grant);
    }
    expect(found).toEqual([
      'The role "doctor_nobody" may not use the schema "absurd": nothing can be shown.',
      'The role "doctor_nobody" may not read the table of queues: nothing can be shown.',
      expect.stringContaining("workflow runs or their circuit breakers cannot be shown."),
      expect.stringContaining('bulk operations are off on "orders".'),
      expect.stringContaining("starting and cancelling workflow runs"),
      expect.stringContaining("nothing can be recorded"),
      expect.stringContaining(
        "creating and dropping queues, and changing their partitions, is off.",
      ),
    ]);
  } finally {
    await database.pool.query("drop owned by doctor_nobody; drop role doctor_nobody");
  }
});

test("functions of the engine that the role may not call are an error", async () => {
  const { pool } = database;
  await pool.query("revoke execute on function absurd.get_schema_version() from public");
  try {
    const report = await examine(
      at((other) => Object.assign(other, { username: "doctor_reader", password: "pass" })),
    );
    expect(find(report, "schema")).toMatchObject({
      verdict: "error",
      hint: expect.stringContaining("grant execute on all functions"),
    });
  } finally {
    await pool.query("grant execute on function absurd.get_schema_version() to public");
  }
});

test("the role for queries is checked too", async () => {
  await database.pool.query(`create role doctor_blind login password 'pass'`);
  const as = (username: string) =>
    at((other) => Object.assign(other, { username, password: "pass" }));
  try {
    const blind = await examine(url.href, as("doctor_blind"));
    expect(blind.verdict).toBe("error");
    expect(verdicts(blind)).toMatchObject({ schema: "ok", rights: "ok", "read-schema": "error" });
    const reader = await examine(url.href, as("doctor_reader"));
    // It needs no right to change anything.
    expect(reader.checks.flatMap(({ id, verdict }) => (verdict === "warning" ? id : []))).toEqual([
      "read-rights-workflows",
      "read-rights-record",
    ]);
    const other = await examine(
      url.href,
      at((one) => Object.assign(one, { pathname: "/template1" })),
    );
    expect(find(other, "read-schema")?.hint).toContain("DATABASE_READ_URL");
  } finally {
    await database.pool.query("drop role doctor_blind");
  }
});

test("a role whose transactions are read-only is reported", async () => {
  await database.pool.query("alter role doctor_reader set default_transaction_read_only = on");
  try {
    const report = await examine(
      at((other) => Object.assign(other, { username: "doctor_reader", password: "pass" })),
    );
    expect(find(report, "changes")?.message).toContain("default_transaction_read_only is on");
  } finally {
    await database.pool.query("alter role doctor_reader reset default_transaction_read_only");
  }
});

test.runIf(process.env.ABSURD_LONG).each([
  ["session", "ok", /No pooler in transaction mode/],
  ["transaction", "ok", /everything works through it/],
  ["statement", "error", /refuses transactions/],
] as const)("PgBouncer in %s mode is recognised", async (mode, verdict, message) => {
  const pooler = await startPgBouncer(url.href, mode);
  try {
    const { checks } = await examine(pooler.url);
    expect(checks.find(({ id }) => id === "pooler")).toMatchObject({
      verdict,
      message: expect.stringMatching(message),
    });
  } finally {
    await pooler.stop();
  }
});

describe.each(LEGACY_GENERATIONS)("schema %s", (generation) => {
  test("is checked completely", async () => {
    const old = await createTestDatabase();
    try {
      await downgradeEngine(old.pool, generation);
      await createQueue(old.pool, "orders");
      const { checks } = await examine(old.url);
      expect(checks.filter(({ verdict }) => /error|warning/.test(verdict))).toEqual([]);
      const [, found] = /^The engine's schema is (.*?)\. /.exec(
        checks.find(({ id }) => id === "schema")?.message ?? "",
      ) ?? [undefined, "complete"];
      const named = { "0.4.0": "complete", "0.1.0": "0.1.x" } as Record<string, string>;
      const unnamed = generation < "0.1.0" ? "0.0.5 to 0.0.8" : generation;
      expect(found).toBe(named[generation] ?? unnamed);
    } finally {
      await old.drop();
    }
  });
});

test("a schema older than 0.0.5 is an error", async () => {
  const old = await createTestDatabase();
  try {
    await downgradeEngine(old.pool, "0.0.5");
    await old.pool.query("drop function absurd.cancel_task(text, uuid)");
    expect(find(await examine(old.url), "schema")).toMatchObject({
      verdict: "error",
      message: 'The schema "absurd" is older than 0.0.5.',
    });
  } finally {
    await old.drop();
  }
});

test("a database without the schema is an error with a hint", async () => {
  const report = await examine(at((other) => Object.assign(other, { pathname: "/template1" })));
  expect(report.verdict).toBe("error");
  expect(find(report, "schema")).toMatchObject({
    verdict: "error",
    hint: expect.stringContaining("migrate --engine"),
  });
});

test.each([
  [
    "a port without a listener",
    (other: URL) => Object.assign(other, { port: "9" }),
    /Nothing listens/,
  ],
  [
    "a wrong password",
    (other: URL) => Object.assign(other, { password: "wrong-one" }),
    /refused the password/,
  ],
  [
    "a database that does not exist",
    (other: URL) => Object.assign(other, { pathname: "/nowhere" }),
    /no database of this name/,
  ],
  [
    "a host that does not exist",
    (other: URL) => Object.assign(other, { hostname: "nowhere.invalid" }),
    /name/,
  ],
])("%s is explained without the password", async (_what, change, message) => {
  const target = at(change);
  const { verdict, checks } = await examine(target);
  expect(verdict).toBe("error");
  expect(checks).toHaveLength(1);
  expect(checks[0]).toMatchObject({ id: "connection", message: expect.stringMatching(message) });
  expect(checks[0]?.hint).toMatch(/^Likely causes: /);
  expect(JSON.stringify(checks)).not.toContain(new URL(target).password);
});

test("an overdue clean-up and a missing partition are reported with a hint", async () => {
  await createQueue(database.pool, "weekly", { storageMode: "partitioned" });
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(`select absurd.spawn_task('orders', 'old', '{}'::jsonb, '{}'::jsonb)`);
    await client.query(
      `update absurd.t_orders set task_id = absurd.uuidv7_floor(now() - interval '90 days'), state = 'cancelled', cancelled_at = now() - interval '90 days'`,
    );
    await client.query(`do $$ declare part regclass; begin
      for part in select inhrelid::regclass from pg_inherits where inhparent = 'absurd.t_weekly'::regclass
      loop
        if pg_get_expr((select relpartbound from pg_class where oid = part), part) <> 'DEFAULT' then
          execute format('drop table %s', part);
        end if;
      end loop;
    end $$`);
  } finally {
    await client.end();
  }
  const report = await examine(url.href);
  expect(find(report, "clean-up")?.message).toContain('"orders"');
  expect(find(report, "partitions")?.message).toContain('"weekly"');
});
