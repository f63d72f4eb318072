import { beforeAll, describe, expect, test } from "vitest";
import { atomically } from "@/lib/absurd/connection/atomically";
import { createQueue } from "@/lib/absurd/queues/queues";
import { listAudit, listAuditChoices } from "@/lib/analytics/audit";
import { forgetEnvironment } from "@/lib/db/env";
import { auditFilters } from "@/lib/search-params/audit";
import { openTestDatabase } from "@/testing/dashboard-database";
import { type AuditRecord, describeInput, recordAudit } from "./record";

const TASK = "01900000-0000-7000-8000-000000000001";
const OTHER = "01900000-0000-7000-8000-000000000002";

describe("describeInput", () => {
  beforeAll(() => {
    process.env.DATABASE_URL ??= "postgresql://localhost/x";
    forgetEnvironment();
  });

  test("keeps names, numbers, booleans and times", () => {
    const at = new Date(0);
    expect(describeInput({ queue: "q", extraAttempts: 2, spawnNew: true, name: "e", at })).toEqual({
      queue: "q",
      extraAttempts: 2,
      spawnNew: true,
      name: "e",
      at: "1970-01-01T00:00:00.000Z",
    });
  });

  test("reduces payloads and unknown text to size and digest, at any depth", () => {
    const text = JSON.stringify(
      describeInput({ payload: "hunter2", deep: [{ headers: "hunter2" }], note: "hunter2" }),
    );
    expect(text).not.toContain("hunter2");
    expect(text).toContain('"bytes":7');
  });

  test("digests distinguish texts, and cannot be computed without the server's key", () => {
    const describe = (secret: string, params: string) => {
      process.env.DASHBOARD_SECRET = secret.repeat(32);
      forgetEnvironment();
      return describeInput({ params });
    };
    expect(describe("a", "1234")).toEqual(describe("a", "1234"));
    expect(describe("a", "1234")).not.toEqual(describe("a", "1235"));
    expect(describe("a", "1234")).not.toEqual(describe("b", "1234"));
    delete process.env.DASHBOARD_SECRET;
    forgetEnvironment();
  });

  test("reduces long lists to their length", () => {
    expect(describeInput({ ids: Array(21).fill(TASK) })).toEqual({ ids: { count: 21 } });
    expect(describeInput("text")).toEqual({});
  });
});

describe("the audit log", () => {
  const database = openTestDatabase();
  const record = (changes: Partial<AuditRecord> = {}) =>
    recordAudit(database.pool, {
      operator: "ada",
      action: "cancel task",
      input: { queue: "q", taskId: TASK },
      outcome: "done",
      ...changes,
    });
  const list = (filters = {}) => listAudit(auditFilters(filters));

  beforeAll(async () => {
    await record({ reason: "a flood", output: { taskId: TASK, state: "cancelled" } });
    await record({ operator: "bob", action: "retry task", input: { queue: "r", taskId: OTHER } });
    await record({ outcome: "refused", code: "already_ended", message: "It is over." });
  });

  test("is listed newest first, in pages without duplicates or gaps", async () => {
    const page = await list({ limit: 2 });
    expect(page).toMatchObject({
      installed: true,
      newer: null,
      rows: [{ outcome: "refused", code: "already_ended" }, { operator: "bob" }],
    });
    const rest = await list({ limit: 2, cursor: page.older });
    expect(rest).toMatchObject({
      older: null,
      rows: [{ reason: "a flood", taskId: TASK, queue: "q", result: { state: "cancelled" } }],
    });
    const back = await list({ limit: 2, cursor: rest.newer });
    expect(back.rows).toEqual(page.rows);
  });

  test.each([
    [{ operator: ["bob"] }, 1],
    [{ action: ["cancel task"] }, 2],
    [{ action: ["cancel task", "retry task"] }, 3],
    [{ queue: ["q"] }, 2],
    [{ outcome: ["refused" as const] }, 1],
    [{ task: OTHER }, 1],
    [{ task: TASK.slice(0, 8), outcome: ["done" as const] }, 2],
    [{ bulk: "01" }, 0],
    [{ before: "2020-01-01T00:00:00.000Z" }, 0],
    [{ after: "2020-01-01T00:00:00.000Z", operator: ["ada"] }, 2],
  ])("filtered by %j it has %i entries", async (filters, count) => {
    expect((await list(filters)).rows).toHaveLength(count);
  });

  test("lists its operators and actions", async () => {
    expect(await listAuditChoices()).toEqual({
      operators: ["ada", "bob"],
      actions: ["cancel task", "retry task"],
      installed: true,
    });
  });

  test("ids follow the clock to the microsecond", async () => {
    const { rows } = await database.pool.query(
      "select absurd_dashboard.new_id()::text as id from generate_series(1, 2000)",
    );
    const heads = rows.map((row) => row.id.slice(0, 18));
    expect(heads).toEqual([...heads].sort());
    const id = rows[0].id;
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const time = Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
    expect(Math.abs(time - Date.now())).toBeLessThan(60_000);
  });

  test.each([
    "update absurd_dashboard.audit_entry set operator = 'eve'",
    "delete from absurd_dashboard.audit_entry",
    "truncate absurd_dashboard.audit_entry",
    "update absurd_dashboard.audit_entry set operator = 'eve' where false",
  ])("refuses: %s", async (statement) => {
    await expect(database.pool.query(statement)).rejects.toThrow("only grows");
    await expect(
      database.pool.query(`set session_replication_role = replica; ${statement}`),
    ).rejects.toThrow("only grows");
    expect((await list()).rows).toHaveLength(3);
  });

  test("an entry is kept if and only if its transaction commits", async () => {
    const undone = atomically(database.pool, async (tx) => {
      await recordAudit(tx, { operator: "eve", action: "x", input: {}, outcome: "done" });
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect((await list({ operator: ["eve"] })).rows).toEqual([]);
  });

  test("an attempt is recorded while another session has locked the tables of its target", async () => {
    await createQueue(database.pool, "held");
    const holder = await database.pool.connect();
    try {
      await holder.query("begin");
      for (const table of ["absurd.t_held", "absurd.r_held", "public.workflow_run"])
        await holder.query(`lock table ${table} in access exclusive mode`);
      for (const target of [
        { queue: "held", taskId: TASK },
        { queue: "held", runId: TASK },
        { workflowRunId: TASK },
      ])
        await record({ operator: "hal", input: target, outcome: "refused", code: "locked" });
      expect((await list({ operator: ["hal"] })).rows).toHaveLength(3);
      // Inside a transaction too, which continues afterwards.
      await atomically(database.pool, async (tx) => {
        await recordAudit(tx, {
          ...{ operator: "hal", action: "x", outcome: "done" },
          input: { queue: "held", taskId: TASK },
        });
      });
      expect((await list({ operator: ["hal"] })).rows).toHaveLength(4);
    } finally {
      await holder.query("rollback");
      holder.release();
    }
  });

  test("missing rights to write are an error", async () => {
    const work = atomically(database.pool, async (tx) => {
      await tx.query("create role blind; set local role blind");
      return recordAudit(tx, { operator: "eve", action: "x", input: {}, outcome: "done" });
    });
    await expect(work).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("a database without the dashboard's tables", () => {
  const database = openTestDatabase({ empty: true });

  test("records nothing, and returns false", async () => {
    const entry = { operator: "ada", action: "x", input: {}, outcome: "done" } as const;
    expect(await recordAudit(database.pool, entry)).toBe(false);
    expect(await listAudit(auditFilters())).toMatchObject({ installed: false, rows: [] });
    expect(await listAuditChoices()).toEqual({ operators: [], actions: [], installed: false });
  });
});
