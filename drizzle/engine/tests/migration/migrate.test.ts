import path from "node:path";
import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { execa } from "execa";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MIGRATIONS_FOLDER, migrate } from "@/lib/db/migrate";
import { createTestDatabase, type TestDatabase } from "@/testing/database";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

let database: TestDatabase;
let client: Client;
beforeEach(async () => {
  database = await createTestDatabase({ empty: true });
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await database.drop();
});

const count = async (sql: string) =>
  Number((await client.query(`select count(*) from ${sql}`)).rows[0].count);
const schemas = async () =>
  (
    await client.query("select nspname from pg_namespace where nspname ~ '^absurd' order by 1")
  ).rows.map((row) => row.nspname);

test("installs the engine, and a second run changes nothing", async () => {
  const { files, restored } = await migrate(client, "engine");
  expect(files).toBeGreaterThan(0);
  expect(restored).toEqual([]);
  expect((await client.query("select absurd.get_schema_version() as v")).rows).toEqual([
    { v: "0.5.1" },
  ]);
  expect(await count("absurd_dashboard.engine_migrations")).toBe(files);
  await client.query("select absurd.create_queue('kept')");
  expect(await migrate(client, "engine")).toEqual({ files: 0, restored: [] });
  expect(await count("absurd.queues")).toBe(1);
});

test.each(["engine", "dashboard"])(
  "the files of the %s are ASCII, which every encoding has",
  async (folder) => {
    const files = readMigrationFiles({ migrationsFolder: path.join(MIGRATIONS_FOLDER, folder) });
    for (const { sql } of files) expect(sql.join("").match(/\P{ASCII}+/gu)).toBeNull();
  },
);

test("concurrent migrations run one after another", async () => {
  const other = new Client({ connectionString: database.url });
  await other.connect();
  const migrations = await Promise.all([migrate(client, "engine"), migrate(other, "engine")]);
  const applied = migrations.map(({ files }) => files);
  await other.end();
  expect(applied.filter((files) => files === 0)).toHaveLength(1);
  expect(await count("absurd_dashboard.engine_migrations")).toBe(Math.max(...applied));
});

test("installs the engine again after its schema was dropped", async () => {
  const { files } = await migrate(client, "engine");
  await client.query("drop schema absurd cascade");
  expect(await migrate(client, "engine")).toEqual({ files, restored: [] });
  expect(await count("absurd_dashboard.engine_migrations")).toBe(files);
});

test("a failing file rolls everything back", async () => {
  await client.query("create schema absurd_dashboard");
  await client.query(
    "create table absurd_dashboard.engine_migrations (id serial, hash text not null)",
  );
  await client.query("alter table absurd_dashboard.engine_migrations add created_at text");
  await client.query("alter table absurd_dashboard.engine_migrations add check (hash is null)");
  await expect(migrate(client, "engine")).rejects.toMatchObject({ code: "23514" });
  expect(await schemas()).toEqual(["absurd_dashboard"]);
});

describe("a schema absurd from elsewhere is not changed", () => {
  test.each([
    [
      "with a version",
      "create function absurd.get_schema_version() returns text language sql as $$ select '0.4.0' $$",
      "(version 0.4.0)",
    ],
    [
      "without one",
      "create table absurd.queues (queue_name text primary key)",
      "a version older than 0.2.0",
    ],
    ["that is empty", "select 1", "no engine that this command knows"],
  ])("%s", async (_, sql, found) => {
    await client.query("create schema absurd");
    await client.query(sql);
    await expect(migrate(client, "engine")).rejects.toMatchObject({
      name: "ForeignSchemaError",
      message: expect.stringContaining(found),
    });
    expect(await schemas()).toEqual(["absurd"]);
    expect((await migrate(client, "dashboard")).files).toBeGreaterThan(0);
    await expect(migrate(client, "engine")).rejects.toThrow(found);
  });
});

// Each run starts a process, which takes seconds on a busy machine.
describe("the command", { timeout: 120_000 }, () => {
  const run = async (url: string | undefined, ...args: string[]) => {
    const result = await execa(
      process.execPath,
      ["--import", "tsx", "server/main.ts", "migrate", ...args],
      {
        cwd: ROOT,
        env: { DATABASE_URL: url },
        extendEnv: true,
        reject: false,
      },
    );
    return { code: result.exitCode, out: result.stdout, err: result.stderr };
  };
  const secret = "s3cret-pass";
  const withUser = (user: string, port?: string) => {
    const url = new URL(database.url);
    url.username = user;
    url.password = secret;
    if (port) url.port = port;
    return url.href;
  };

  test("reports what it did, even if there was nothing to do", async () => {
    const first = await run(database.url, "--engine");
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out).toMatch(
      /^The engine's schema: \d+ files applied\.\nThe dashboard's tables: \d+ files? applied\.$/,
    );
    expect(await run(database.url, "--engine")).toEqual({
      code: 0,
      err: "",
      out: "The engine's schema: up to date, nothing to do.\nThe dashboard's tables: up to date, nothing to do.",
    });
  });

  test("refuses a foreign schema with exit code 3 and changes nothing", async () => {
    await client.query("create schema absurd");
    const result = await run(database.url, "--engine");
    expect(result).toMatchObject({ code: 3, out: "" });
    expect(result.err).toContain('a schema "absurd" that was not installed from here');
    expect(await schemas()).toEqual(["absurd"]);
    expect(await run(database.url)).toMatchObject({ code: 0 });
  });

  test("restores what absurdctl replaced, and refuses a newer version with exit code 3", async () => {
    await migrate(client, "engine");
    const report = (version: string) =>
      client.query(
        `create or replace function absurd.get_schema_version() returns text language sql as $$ select '${version}' $$`,
      );
    await report("0.5.1");
    expect(await run(database.url, "--engine")).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^The engine's schema: restored get_schema_version\.\n/),
    });
    await report("0.6.0");
    const refused = await run(database.url, "--engine");
    expect(refused).toMatchObject({ code: 3, out: "" });
    expect(refused.err).toBe(
      'The schema "absurd" reports version 0.6.0, and the newest that this command knows is 0.5.1. ' +
        "Nothing was changed. The dashboard works on it; run this command without --engine.",
    );
  });

  test("explains a DATABASE_URL that cannot be used, without its password", async () => {
    const missing = await run("");
    expect(missing).toMatchObject({ code: 2, out: "" });
    expect(missing.err).toContain("DATABASE_URL is not set");
    const wrong = await run(`mysql://root:${secret}@db/x`);
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.err).toContain("DATABASE_URL is not a connection string");
    const unreachable = await run(withUser("postgres", "1"));
    expect(unreachable).toMatchObject({ code: 1 });
    expect(unreachable.err).toBe("Cannot reach PostgreSQL at 127.0.0.1:1: nothing listens there.");
    const refused = await run(withUser("nobody"));
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.err).toContain('refused to log in "nobody"');
    for (const result of [missing, wrong, unreachable, refused])
      expect(result.err).not.toContain(secret);
  });

  test("names the missing privilege", async () => {
    const role = `role_${new URL(database.url).pathname.slice(1)}`;
    await client.query(`create role ${role} login password '${secret}'`);
    try {
      const result = await run(withUser(role), "--engine");
      expect(result).toMatchObject({ code: 1, out: "" });
      expect(result.err).toContain(`"${role}" lacks a privilege in database`);
      expect(result.err).toContain("CREATE on the database");
      expect(result.err).not.toContain(secret);
      expect(await schemas()).toEqual([]);
    } finally {
      await client.query(`drop role ${role}`);
    }
  });
});
