import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { listAudit } from "@/lib/analytics/audit";
import { forgetEnvironment } from "@/lib/db/env";
import { runAs, UNRESTRICTED } from "@/lib/db/viewer";
import { recordExport } from "@/lib/identity/refusal";
import { auditFilters } from "@/lib/search-params/audit";
import { openTestDatabase } from "@/testing/dashboard-database";
import { emitEventAction } from "./events";
import { getEmitPreview } from "./previews/events";
import { cancelTaskAction, retryTaskAction } from "./tasks";

const queue = "orders";
vi.spyOn(console, "info").mockImplementation(() => {});

describe("with the dashboard's tables", () => {
  const database = openTestDatabase({ settings: { DASHBOARD_OPERATOR: "ada" } });
  beforeAll(() => createQueue(database.pool, queue));
  const spawn = async () => (await spawnTask(database.pool, queue, "work")).taskId;
  const newest = async () => (await listAudit(auditFilters({ limit: 1 }))).rows[0];
  const count = async () => (await listAudit(auditFilters({ limit: 200 }))).rows.length;

  test("an action is recorded with operator, target, reason and outcome", async () => {
    const taskId = await spawn();
    await cancelTaskAction({ queue, taskId, reason: "  a flood of duplicates " });
    expect(await newest()).toMatchObject({
      operator: "ada",
      action: "cancel task",
      queue,
      taskId,
      reason: "a flood of duplicates",
      outcome: "done",
      result: { state: "cancelled" },
    });
  });

  test("a refused action is recorded with the problem and its input", async () => {
    const taskId = await spawn();
    await retryTaskAction({ queue, taskId, extraAttempts: 3 });
    expect(await newest()).toMatchObject({
      action: "retry task",
      taskId,
      parameters: { extraAttempts: 3 },
      outcome: "refused",
      code: "state_changed",
    });
  });

  test("only the size and digest of a payload are stored", async () => {
    await emitEventAction({ queue, name: "paid", payload: '"hunter2"' });
    const entry = await newest();
    expect(entry).toMatchObject({
      action: "emit event",
      parameters: { name: "paid", payload: { bytes: 9 } },
      outcome: "done",
    });
    expect(JSON.stringify(entry)).not.toContain("hunter2");
  });

  const withoutPayloads = { ...UNRESTRICTED, payloads: false };

  test("an entry has nothing to check guesses against, if the payload is redacted for its reader", async () => {
    await emitEventAction({ queue, name: "guess", payload: '"hunter2"' });
    const payload = async () => (await newest())?.parameters.payload;
    expect(await payload()).toEqual({ bytes: 9, hmac: expect.any(String) });
    expect(await runAs(withoutPayloads, payload)).toEqual({ bytes: 9 });
    vi.stubEnv("DASHBOARD_REDACT", "password");
    forgetEnvironment();
    expect(await payload()).toEqual({ bytes: 9 });
    vi.unstubAllEnvs();
    forgetEnvironment();
    await database.pool.query(`
      insert into absurd_dashboard.audit_entry (operator, action, parameters, outcome, result)
      values ('ada', 'old', '{"payload": {"bytes": 4, "sha256": "03ac67"}}', 'done', '{}')`);
    expect(await runAs(withoutPayloads, payload)).toEqual({ bytes: 4 });
  });

  test("searched values are not shown to a reader without payloads", async () => {
    const filters = "?queue=orders&where=params.email:jane,params.n>55&any=acct-7,b&error=no+login";
    await recordExport("export tasks", filters);
    expect((await newest())?.parameters).toEqual({ filters });
    const shown = (await runAs(withoutPayloads, newest))?.parameters.filters;
    expect(shown).not.toMatch(/jane|55|acct|login/);
    expect(Object.fromEntries(new URLSearchParams(String(shown)))).toEqual({
      queue: "orders",
      where: 'params.email:"[redacted]",params.n>"[redacted]"',
      any: "[redacted],[redacted]",
      error: "[redacted]",
    });
  });

  test("previews and malformed requests are not recorded", async () => {
    const before = await count();
    await getEmitPreview({ queue, name: "other" });
    await cancelTaskAction({ queue, taskId: "x" });
    expect(await count()).toBe(before);
  });

  test("an invalid reason is refused", async () => {
    const taskId = await spawn();
    for (const reason of ["x".repeat(501), 5 as never])
      expect(await cancelTaskAction({ queue, taskId, reason })).toMatchObject({
        ok: false,
        error: { code: "bad_request" },
      });
  });

  test("an action is refused if its role may not write the audit log", async () => {
    const taskId = await spawn();
    await database.pool.query(`
      create or replace function absurd_dashboard.deny() returns trigger language plpgsql as
        $$ begin raise exception 'no' using errcode = '42501'; end $$;
      create trigger deny before insert on absurd_dashboard.audit_entry
        for each statement execute function absurd_dashboard.deny()`);
    const result = await cancelTaskAction({ queue, taskId });
    await database.pool.query("drop function absurd_dashboard.deny() cascade");
    expect(result).toMatchObject({ ok: false, error: { code: "forbidden", changed: false } });
    const { rows } = await database.pool.query(
      "select state from absurd.t_orders where task_id = $1",
      [taskId],
    );
    expect(rows[0].state).toBe("pending");
  });
});

describe("without the dashboard's tables", () => {
  const database = openTestDatabase({ settings: { DASHBOARD_OPERATOR: "ada" } });
  beforeAll(async () => {
    await database.pool.query("drop schema absurd_dashboard cascade");
    await createQueue(database.pool, queue);
  });
  afterEach(async () => {
    const { rows } = await database.pool.query("select to_regnamespace('absurd_dashboard') as it");
    expect(rows[0].it).toBeNull();
  });

  test("actions work, and report that nothing was recorded", async () => {
    const { taskId } = await spawnTask(database.pool, queue, "work");
    expect(await cancelTaskAction({ queue, taskId })).toMatchObject({ ok: true, unrecorded: true });
    expect(await cancelTaskAction({ queue, taskId })).toMatchObject({ ok: false });
  });
});
