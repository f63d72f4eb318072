import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrate } from "@/lib/db/migrate";
import { createTestDatabase, type TestDatabase } from "@/testing/database";

const ID = "5f0c7d0e-8a6f-4b36-9a39-0f4f0b5e7c11";

describe("a database without workflow runs gets their tables", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const insert = (changes: Record<string, unknown> = {}) => {
    const row = {
      workflow_run_id: ID,
      workflow_name: "order_flow",
      workflow_version: "1.0",
      workflow_hash: null,
      status: "pending",
      absurd_run_id: null,
      absurd_queue: "q",
      inputs: null,
      created_by: null,
      tags: null,
      ...changes,
    };
    const columns = Object.keys(row);
    return database.pool.query(
      `insert into workflow_run (${columns}) values (${columns.map((_, i) => `$${i + 1}`)})`,
      Object.values(row),
    );
  };

  test("a program without support for the added columns can still write", async () => {
    await insert({ inputs: '{"a":1}', tags: "{}" });
    const before = await database.pool.query("select * from workflow_run");
    await database.pool.query(
      `update workflow_run set status = $1, result = $2, error = $3, started_at = $4,
         completed_at = $5, task_count = $6 where workflow_run_id = $7`,
      ["completed", "1", null, new Date(), new Date(), 3, ID],
    );
    const after = await database.pool.query("select * from workflow_run");
    expect(after.rows).toMatchObject([
      { status: "completed", task_count: 3, tenant_id: "default" },
    ]);
    expect(Number(after.rows[0].updated_at)).toBeGreaterThan(Number(before.rows[0].updated_at));
  });

  test.each([
    { workflow_name: "Order" },
    { workflow_name: "two__parts" },
    { workflow_version: "1 0" },
    { status: "sleeping" },
    { absurd_queue: null },
    { task_count: -1 },
  ])("%j is refused", async (wrong) => {
    await expect(
      insert({ workflow_run_id: "5f0c7d0e-8a6f-4b36-9a39-0f4f0b5e7c12", ...wrong }),
    ).rejects.toThrow(/constraint/);
  });

  test("definitions are unique by hash, and runs outlive them", async () => {
    const define = () =>
      database.pool.query(
        `insert into workflow_definition (workflow_name, workflow_version, workflow_hash, definition)
         values ('order_flow', '1.0', 'h', '{}') returning definition_id`,
      );
    const { rows } = await define();
    await expect(define()).rejects.toThrow("workflow_definition_key");
    const run = { workflow_run_id: "5f0c7d0e-8a6f-4b36-9a39-0f4f0b5e7c13" };
    await insert({ ...run, definition_id: rows[0].definition_id });
    await database.pool.query("delete from workflow_definition");
    const found = await database.pool.query(
      "select definition_id from workflow_run where workflow_run_id = $1",
      [run.workflow_run_id],
    );
    expect(found.rows).toEqual([{ definition_id: null }]);
  });
});

test("a table that another program created is not changed", async () => {
  const database = await createTestDatabase({ empty: true });
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(`create table workflow_run (workflow_run_id uuid primary key, status text)`);
  await migrate(client, "dashboard");
  await migrate(client, "dashboard");
  const { rows } = await client.query(
    `select attname as name from pg_attribute
      where attrelid = 'public.workflow_run'::regclass and attnum > 0 order by attnum`,
  );
  expect(rows).toEqual([{ name: "workflow_run_id" }, { name: "status" }]);
  const triggers = await client.query(
    "select 1 from pg_trigger where tgrelid = 'public.workflow_run'::regclass",
  );
  expect(triggers.rowCount).toBe(0);
  await client.end();
  await database.drop();
});
