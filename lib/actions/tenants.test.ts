import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { awaitEvent } from "@/lib/absurd/events/events";
import { claimTasks } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { workThrough } from "@/lib/bulk/work";
import { clearSharedReads } from "@/lib/live/shared-reads";
import { ACTIONS } from "@/testing/action-inputs";
import { openTestDatabase } from "@/testing/dashboard-database";
import { restrictTo } from "@/testing/reads";
import { type Belongings, createTwoTenants, removeTenant } from "@/testing/scenes/two-tenants";
import { type AnyAction, listActions } from "@/testing/server-actions";

vi.spyOn(console, "info").mockImplementation(() => {});
const database = openTestDatabase({ settings: { DASHBOARD_OPERATOR: "ada" } });
const queue = "shop";
let own: Belongings;
let foreign: Belongings;

beforeAll(async () => {
  const { pool } = database;
  ({ own, foreign } = await createTwoTenants(pool, queue));
  await pool.query(
    "update absurd_dashboard.bulk_job set finished_at = now(), state = 'done' where tenants = '{acme}'",
  );
});

beforeEach(() => restrictTo("acme"));

afterAll(() => restrictTo());

let actions: Map<string, AnyAction>;
beforeAll(async () => {
  actions = await listActions();
});

/** All rows of the database except the log of attempts, as text. */
async function everything(): Promise<string[]> {
  const lists = await Promise.all(
    [
      ...["t", "r", "c", "e", "w"].map((prefix) => `absurd.${prefix}_${queue}`),
      ...["public.workflow_run", "public.workflow_definition", "absurd.queues"],
    ].map((table) =>
      database.pool.query(`select '${table}' || item::text as row from ${table} item order by 1`),
    ),
  );
  const jobs = await database.pool.query(
    "select item::text as row from absurd_dashboard.bulk_job item where tenants = '{globex}'",
  );
  return [...lists, jobs].flatMap(({ rows }) => rows.map(({ row }) => row));
}

/** The result of every action with this tenant's rows as its target, by action and input. */
async function tryAll(of: Belongings): Promise<Map<string, string>> {
  const results = new Map<string, string>();
  for (const [name, inputs] of Object.entries(ACTIONS))
    for (const input of inputs?.(of) ?? []) {
      const result = await actions.get(name)?.(input);
      // Each new operation and preview has its own id, and each preview its own time.
      const text = JSON.stringify(result)
        .replace(/"(bulkId|requestId)":"[^"]*"/, '"$1":""')
        .replace(/before=[^"&]*/, "before=");
      results.set(`${name} ${JSON.stringify(input)}`, text);
    }
  return results;
}

async function workThroughAll() {
  const client = await database.pool.connect();
  await workThrough(client, new AbortController().signal);
  client.release();
}

test("every action has a case", () => {
  expect(Object.keys(ACTIONS).sort()).toEqual([...actions.keys()].sort());
});

test("no action changes another tenant's rows, and each result is as if they did not exist", {
  // Every action is tried twice.
  timeout: 120_000,
}, async () => {
  const before = await everything();
  const results = await tryAll(foreign);
  await workThroughAll();
  expect(await everything()).toEqual(before);
  for (const [attempt, text] of results)
    if (!/^(preview bulk|startBulk)/.test(attempt)) expect(text, attempt).toMatch(/^{"ok":false/);
  const { rows } = await database.pool.query(
    "select outcome, code from absurd_dashboard.bulk_item join absurd_dashboard.bulk_job using (bulk_id) where tenants = '{acme}' and operator = 'ada'",
  );
  expect(rows.length).toBe(5);
  expect(
    rows.every(({ outcome, code }) => outcome === "skipped" && code === "task_not_found"),
  ).toBe(true);

  await removeTenant(database.pool, foreign);
  clearSharedReads();
  expect(await tryAll(foreign)).toEqual(results);
});

test("actions work on the tenant's own rows", async () => {
  const { pool } = database;
  const spawned = await actions.get("spawnTaskAction")?.({ queue, name: "new", params: "" });
  expect(spawned).toMatchObject({ ok: true });
  const retried = await actions.get("retryTaskAction")?.({ queue, taskId: own.failed.taskId });
  expect(retried).toMatchObject({ ok: true });
  const again = await actions.get("runAgainAction")?.({ queue, taskId: own.completed.taskId });
  expect(again).toMatchObject({ ok: true });
  const emitted = await actions.get("emitEventAction")?.({
    queue,
    name: "acme:paid",
    payload: "1",
  });
  expect(emitted).toMatchObject({ ok: true, data: { wakesCount: 1 } });
  const { workflowRunId } = own;
  const cancelled = await actions.get("cancelWorkflowRunAction")?.({ workflowRunId });
  expect(cancelled).toMatchObject({ ok: true, data: { cancelled: 1 } });
  const { rows } = await pool.query(
    "select distinct tenants from absurd_dashboard.audit_entry where operator = 'ada'",
  );
  expect(rows).toEqual([{ tenants: ["acme"] }]);
});

test("with several tenants, a new task must name one of them", async () => {
  await restrictTo("acme,globex");
  const spawn = (headers: string) =>
    actions.get("spawnTaskAction")?.({ queue, name: "new", params: "", headers });
  expect(await spawn("")).toMatchObject({ ok: false, error: { code: "tenant_required" } });
  expect(await spawn('{"tenant_id":"initech"}')).toMatchObject({ ok: false });
  expect(await spawn('{"tenant_id":"globex"}')).toMatchObject({ ok: true });
  const copy = { queue, taskId: own.completed.taskId, headers: '{"tenant_id":"initech"}' };
  expect(await actions.get("runAgainAction")?.(copy)).toMatchObject({
    ok: false,
    error: { code: "tenant_required" },
  });
});

test("an idempotency key of another tenant is refused as taken, without revealing its task", async () => {
  const { pool } = database;
  const { taskId } = await spawnTask(pool, queue, "theirs", null, {
    idempotencyKey: "k",
    headers: { tenant_id: "globex" },
  });
  const spawn = { queue, name: "new", params: "", idempotencyKey: "k" };
  const result = await actions.get("spawnTaskAction")?.(spawn);
  expect(result).toMatchObject({ ok: false, error: { code: "key_taken" } });
  expect(JSON.stringify(result)).not.toContain(taskId);
});

/** A task of this tenant that waits for the event. */
async function wait(tenant: string, eventName: string) {
  const { pool } = database;
  const headers = { tenant_id: tenant };
  const { taskId } = await spawnTask(pool, queue, "waiter", null, { headers });
  const claimed = await claimTasks(pool, queue, { workerId: "w", quantity: 50 });
  const runId = claimed.find((run) => run.taskId === taskId)?.runId ?? "";
  return { taskId, runId, stepName: "s", eventName };
}

test("an event that would wake another tenant's task cannot be emitted", async () => {
  const { pool } = database;
  const emit = (name: string) => actions.get("emitEventAction")?.({ queue, name, payload: "1" });
  await awaitEvent(pool, queue, await wait("acme", "both"));
  await awaitEvent(pool, queue, await wait("globex", "both"));
  expect(await emit("both")).toMatchObject({ ok: false, error: { code: "wakes_others" } });
  expect(await emit("nobody")).toMatchObject({ ok: false, error: { code: "event_not_found" } });
});

test("an emit is refused if a task of another tenant starts to wait at the same time", async () => {
  const { pool } = database;
  await awaitEvent(pool, queue, await wait("acme", "race"));
  const late = await wait("globex", "race");
  const client = await pool.connect();
  await client.query("begin");
  await awaitEvent(client, queue, late);
  const emitting = actions.get("emitEventAction")?.({ queue, name: "race", payload: "1" });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await client.query("commit");
  client.release();
  expect(await emitting).toMatchObject({ ok: false, error: { code: "wakes_others" } });
});
