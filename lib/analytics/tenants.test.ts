import { afterAll, beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { getWorkflowRunTenant } from "@/lib/absurd/workflow-runs/tenant";
import { createWorkflowRun } from "@/lib/absurd/workflow-runs/workflow-runs";
import { auditFilters } from "@/lib/search-params/audit";
import { bulkFilters } from "@/lib/search-params/bulk";
import { eventFilters } from "@/lib/search-params/events";
import { failureFilters } from "@/lib/search-params/windows";
import { workflowFilters } from "@/lib/search-params/workflows";
import { openTestDatabase } from "@/testing/dashboard-database";
import { ids, list, restrictTo } from "@/testing/reads";
import { createTenant } from "@/testing/scenes/two-tenants";
import { listAudit } from "./audit";
import { listBulk } from "./bulk";
import { listEvents, listWaiters } from "./events";
import { listFailures } from "./failures";
import { listWorkers } from "./workers";
import { listWorkflowDefinitions } from "./workflow-definitions";
import { getWorkflowRun, listWorkflowRuns } from "./workflows";

const database = openTestDatabase();

afterAll(() => restrictTo());

const spawn = async (queue: string, tenant?: string) =>
  (
    await spawnTask(database.pool, queue, "work", null, {
      headers: tenant === undefined ? {} : { tenant_id: tenant },
    })
  ).taskId;

let [acme, globex, nobody, column]: string[] = [];

beforeAll(async () => {
  const { pool } = database;
  await createQueue(pool, "orders");
  await createQueue(pool, "forked");
  await pool.query("alter table absurd.t_forked add column tenant_id uuid");
  acme = await spawn("orders", "acme");
  globex = await spawn("orders", "globex");
  nobody = await spawn("orders");
  column = await spawn("forked", "acme");
});

test("a list shows only the tasks of the allowed tenants", async () => {
  await restrictTo("acme");
  expect(ids(await list({ queue: ["orders"] }))).toEqual([acme]);
  await restrictTo("acme,globex");
  expect(ids(await list({ queue: ["orders"] }))).toEqual([globex, acme]);
  await restrictTo("initech");
  expect(ids(await list())).toEqual([]);
  await restrictTo();
  expect(ids(await list({ queue: ["orders"] }))).toEqual([nobody, globex, acme]);
});

test("the tenant column overrides the header, even when its type differs", async () => {
  const tenant = "01900000-0000-7000-8000-00000000000a";
  await restrictTo("acme");
  expect(ids(await list({ queue: ["forked"] }))).toEqual([column]);
  await database.pool.query("update absurd.t_forked set tenant_id = $1", [tenant]);
  expect(ids(await list({ queue: ["forked"] }))).toEqual([]);
  await restrictTo(tenant);
  expect((await list()).rows).toMatchObject([{ taskId: column, tenantId: tenant }]);
  await restrictTo();
  expect((await list({ tenant: [tenant] })).rows).toMatchObject([{ taskId: column }]);
  expect((await list({ tenant: ["acme"] })).rows).toMatchObject([{ taskId: acme }]);
});

test("a list can be narrowed to a tenant, even if the dashboard shows all", async () => {
  await restrictTo();
  const { pool } = database;
  await createQueue(pool, "shop");
  for (const tenant of ["acme", "globex"]) await createTenant(pool, "shop", tenant);
  const tenant = ["acme"];

  const failures = await listFailures(failureFilters({ tenant }));
  expect(failures.groups.map((group) => group.taskName)).toEqual(["acme-failed"]);
  expect(failures.groups[0]?.samples).toMatchObject([{ tenantId: "acme" }]);
  expect((await listFailures(failureFilters())).groups).toHaveLength(2);

  const { workers } = await listWorkers("1h", { tenant });
  expect(workers.map(({ name }) => name)).toEqual(["acme-worker"]);
  expect(workers[0]?.held[0]).toMatchObject({ tenantId: "acme" });

  const events = await listEvents(eventFilters({ tenant }));
  expect(events.rows.map(({ name, state, waiters }) => [name, state, waiters]).sort()).toEqual([
    ["acme:late", "emitted", 0],
    ["acme:paid", "awaited", 1],
    ["shared", "awaited", 1],
  ]);
  expect((await listWaiters("shop", "shared")).rows.map((row) => row.tenantId)).toEqual([
    "acme",
    "globex",
  ]);
  expect((await listAudit(auditFilters({ tenant }))).rows).toMatchObject([{ tenants: ["acme"] }]);
  expect((await listBulk(bulkFilters({ tenant }))).rows).toMatchObject([{ tenants: ["acme"] }]);
  expect((await listBulk(bulkFilters())).rows).toHaveLength(2);
});

test("workflow runs have the tenant of their root task if their table has no tenants", async () => {
  await restrictTo();
  const { pool } = database;
  await pool.query("alter table public.workflow_run drop column tenant_id");
  const record = async (root: Record<string, string>) =>
    createWorkflowRun(pool, "orders", { workflowName: "etl", workflowVersion: "1", ...root });
  const byTask = await record({ absurdTaskId: acme ?? "" });
  const { rows } = await pool.query("select run_id from absurd.r_orders where task_id = $1", [
    acme,
  ]);
  const byRun = await record({ absurdRunId: rows[0].run_id });
  const theirs = await record({ absurdTaskId: globex ?? "" });
  const rootless = await record({});

  await restrictTo("acme");
  const { rows: runs } = await listWorkflowRuns(workflowFilters({ name: ["etl"] }));
  expect(runs.map((run) => run.workflowRunId).sort()).toEqual([byTask, byRun].sort());
  for (const hidden of [theirs, rootless])
    await expect(getWorkflowRun(hidden)).rejects.toMatchObject({ code: "workflow_run_not_found" });
  expect((await listWorkflowDefinitions()).definitions).toMatchObject([{ tenantId: "acme" }]);

  await pool.query(
    "alter table public.workflow_definition rename column tenant_id to not_tenant_id",
  );
  expect((await listWorkflowDefinitions()).definitions).toEqual([]);
  await pool.query(
    "alter table public.workflow_definition rename column not_tenant_id to tenant_id",
  );

  const tenantOf = (id: string) => getWorkflowRunTenant(pool, id);
  expect(await Promise.all([byTask, byRun, theirs, rootless].map(tenantOf))).toEqual([
    "acme",
    "acme",
    "globex",
    null,
  ]);
  expect(await tenantOf("01900000-0000-7000-8000-000000000000")).toBeUndefined();
});
