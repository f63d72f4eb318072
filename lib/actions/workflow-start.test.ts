import { beforeAll, expect, test, vi } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { getWorkflowRun } from "@/lib/absurd/workflow-runs/workflow-runs";
import { listAudit } from "@/lib/analytics/audit";
import { listWorkflowDefinitions } from "@/lib/analytics/workflow-definitions";
import { getDefinitionView } from "@/lib/analytics/workflow-views";
import { forgetEnvironment } from "@/lib/db/env";
import { WorkflowBuilder } from "@/lib/highway/builder/workflow-builder";
import { storeWorkflow } from "@/lib/highway/run/store";
import type { Json } from "@/lib/model/json";
import { auditFilters } from "@/lib/search-params/audit";
import { openTestDatabase } from "@/testing/dashboard-database";
import { getStartForm, getStartPreview } from "./previews/workflows";
import { startWorkflowRunAction } from "./workflows";

const queue = "flows";
const database = openTestDatabase({ settings: { DASHBOARD_OPERATOR: "ada" } });
vi.spyOn(console, "info").mockImplementation(() => {});

let definitionId: string;
const workflow = {
  ...new WorkflowBuilder("loan_review")
    .task("load", "loans.load", { args: ["{{ inputs.id }}"] })
    .build(),
  variables: { limit: 10 },
};
beforeAll(async () => {
  await createQueue(database.pool, queue);
  definitionId = await storeWorkflow(database.pool, workflow, { tenantId: "acme" });
});

async function prepare() {
  const prepared = await getStartForm({ definitionId });
  if (!prepared.ok) throw new Error(prepared.error.message);
  return prepared.data;
}

const count = async () => {
  const { rows } = await database.pool.query("select count(*)::int as n from absurd.t_flows");
  return rows[0].n;
};

test("a run is recorded, spawned and logged together, once", async () => {
  const { workflowRunId, lastQueue, queues, name } = await prepare();
  expect({ lastQueue, queues, name }).toEqual({
    lastQueue: null,
    queues: [queue],
    name: "loan_review",
  });
  const input = {
    definitionId,
    queue,
    workflowRunId,
    inputs: '{"id": 12345678901234567890}',
    tags: '{"channel": "web"}',
    reason: "asked for by phone",
  };
  const both = await Promise.all([startWorkflowRunAction(input), startWorkflowRunAction(input)]);
  expect(both.map((result) => result.ok && result.data.created).sort()).toEqual([false, true]);
  expect(await count()).toBe(1);
  const [first] = both;
  const run = await getWorkflowRun(database.pool, workflowRunId);
  expect(run).toMatchObject({
    workflowName: "loan_review",
    status: "pending",
    createdBy: "ada",
    tenantId: "acme",
    definitionId,
    tags: { channel: "web" },
    inputs: { id: 12345678901234567890n },
    absurdTaskId: first?.ok && first.data.taskId,
  });
  const { rows } = await database.pool.query("select task_name, headers from absurd.t_flows");
  expect(rows).toEqual([
    {
      task_name: "highway.workflow.run",
      headers: { workflow_run_id: workflowRunId, tenant_id: "acme" },
    },
  ]);
  expect((await listAudit(auditFilters({ limit: 1 }))).rows).toMatchObject([
    { action: "start workflow run", operator: "ada", reason: "asked for by phone", queue },
  ]);
  expect((await prepare()).lastQueue).toBe(queue);
});

test("the preview names what will be created, and whether a worker claims it", async () => {
  await createQueue(database.pool, "other");
  const look = async (of: string) => {
    const preview = await getStartPreview({
      definitionId,
      queue: of,
      inputs: '{ "id": 1 }',
      tags: "",
    });
    if (!preview.ok) throw new Error(preview.error.message);
    return preview.data;
  };
  expect(await look("other")).toMatchObject({
    taskName: "highway.workflow.run",
    createdBy: "ada",
    tenantId: "acme",
    inputs: '{"id":1}',
    takers: { lastTakenAt: null, waiting: 0 },
  });
  await spawnTask(database.pool, "other", "highway.workflow.run", {});
  await database.pool.query(
    "update absurd.t_other set enqueue_at = enqueue_at - interval '1 minute'",
  );
  expect((await look("other")).takers).toEqual({ lastTakenAt: null, waiting: 1 });
  await claimTasks(database.pool, "other", {});
  expect((await look("other")).takers).toMatchObject({
    lastTakenAt: expect.stringMatching(/Z$/),
    waiting: 0,
  });
});

test("the preview shows warnings, and refuses an impossible start as the start does", async () => {
  const store = (build: (flow: WorkflowBuilder) => WorkflowBuilder) =>
    storeWorkflow(database.pool, build(new WorkflowBuilder("warned")).build());
  const preview = async (of: string) =>
    getStartPreview({ definitionId: of, queue, inputs: "", tags: "" });
  const merged = await store((flow) =>
    flow
      .switch("route", "{{ run.name }}", { x: "a", y: "b" })
      .task("a", "f", { dependencies: ["route"] })
      .task("b", "f", { dependencies: ["route"] })
      .task("merge", "f", { dependencies: ["a", "b"] }),
  );
  expect(await preview(merged)).toMatchObject({
    data: {
      warnings: [
        "tasks.merge: Task 'merge' is skipped, with all that runs only after it, when 'route' chooses none of 'a', 'b' (if it should run in any case, let it depend on 'route' alone)",
      ],
    },
  });
  expect(await preview(definitionId)).toMatchObject({ data: { warnings: [] } });
  const dynamic = await store((flow) =>
    flow.foreach("each", "[1]", (body) => body.task("one", "f"), { dynamic: true }),
  );
  const refusal = {
    ok: false,
    error: {
      code: "invalid_definition",
      message:
        "The definition of warned 2.0.0 cannot be run: tasks.each.dynamic: Operator 'each' is dynamic: items cannot be added to a loop that runs here.",
    },
  };
  expect(await preview(dynamic)).toMatchObject(refusal);
  const { workflowRunId } = await prepare();
  const input = { definitionId: dynamic, queue, workflowRunId, inputs: "", tags: "" };
  expect(await startWorkflowRunAction(input)).toMatchObject(refusal);
});

test("while anything is redacted, a definition's hash cannot be used to check guesses", async () => {
  const look = async () => {
    const preview = await getStartPreview({ definitionId, queue, inputs: "", tags: "" });
    if (!preview.ok) throw new Error(preview.error.message);
    const { definitions } = await listWorkflowDefinitions();
    return [preview.data.hash, ...definitions.map(({ hash }) => hash)];
  };
  const [open, ...stored] = await look();
  expect(stored).toContain(open);
  vi.stubEnv("DASHBOARD_REDACT", "password");
  forgetEnvironment();
  const [keyed, ...listed] = await look();
  vi.unstubAllEnvs();
  forgetEnvironment();
  expect(listed).toContain(keyed);
  expect([keyed, ...listed]).not.toContain(open);
});

test("an impossible start is refused with a reason, and creates nothing", async () => {
  const before = await count();
  const { workflowRunId } = await prepare();
  const attempt = async (change: object) => {
    const input = { definitionId, queue, workflowRunId, inputs: "", tags: "", ...change };
    const result = await startWorkflowRunAction(input);
    return result.ok ? "started" : result.error.code;
  };
  const broken = await storeWorkflow(
    database.pool,
    new WorkflowBuilder("broken")
      .task("a", "f", { dependencies: ["ghost"] })
      .build({ check: false }),
  );
  expect(await attempt({ definitionId: broken })).toBe("invalid_definition");
  expect(await attempt({ definitionId: workflowRunId })).toBe("definition_not_found");
  expect(await attempt({ queue: "nowhere" })).toBe("queue_not_found");
  expect(await attempt({ inputs: "[1]" })).toBe("bad_request");
  expect(await attempt({ inputs: '{"a": "\\u0000"}' })).toBe("bad_request");
  const pause = (yes: boolean) =>
    database.pool.query("update workflow_definition set is_paused = $2 where definition_id = $1", [
      definitionId,
      yes,
    ]);
  await pause(true);
  expect(await attempt({})).toBe("paused");
  await pause(false);
  expect(await count()).toBe(before);
  expect(await getWorkflowRun(database.pool, workflowRunId)).toBeNull();
});

test("a definition of 3,000 operators is shown and can be started", async () => {
  const builder = new WorkflowBuilder("long");
  for (let n = 0; n < 3_000; n++) builder.task(`step_${n}`, "f", { args: ["{{ inputs.id }}"] });
  const id = await storeWorkflow(database.pool, builder.build({ check: false }), {
    tenantId: "acme",
  });
  const shown = await getDefinitionView(id);
  expect(shown?.view?.graph?.nodes).toHaveLength(3_000);
  const input = { definitionId: id, queue, inputs: '{"id": 1}', tags: "" };
  expect(await getStartPreview(input)).toMatchObject({ ok: true });
});

test("a definition of more than two million characters is neither shown nor started", async () => {
  const large = { ...workflow, name: "large", description: "x".repeat(2_000_000) };
  const id = await storeWorkflow(database.pool, large, { tenantId: "acme" });
  expect(await getDefinitionView(id)).toMatchObject({ name: "large", text: null, view: null });
  const input = { definitionId: id, queue, inputs: "", tags: "" };
  const refusal = {
    ok: false,
    error: {
      code: "invalid_definition",
      message: `The definition of large ${workflow.version} has more than 2 million characters.`,
    },
  };
  expect(await getStartPreview(input)).toMatchObject(refusal);
  const workflowRunId = "019a0000-0000-7000-8000-000000000001";
  expect(await startWorkflowRunAction({ ...input, workflowRunId })).toMatchObject(refusal);
});

test("a definition of more values or templates than can be checked in time is neither shown nor started", async () => {
  const start = () => new WorkflowBuilder("busy").task("a", "f");
  const task = (args: Json[]) => new WorkflowBuilder("busy").task("a", "f", { args });
  const fields = { ...Array.from({ length: 100 }, () => 1) };
  const large = { ...Array.from({ length: 2_601 }, () => 1) };
  const many = start();
  for (let n = 0; n < 16; n++)
    many.task(`t${n}`, "f", { args: Array.from({ length: 95 }, () => fields) });
  const lists = start();
  for (const id of ["b", "c", "d"])
    lists.task(id, "f", { args: Array.from({ length: 6_700 }, () => 1) });
  const dense = start();
  for (let n = 0; n < 205; n++)
    dense.task(`t${n}`, "f", {
      dependencies: Array.from({ length: n }, (_, before) => `t${before}`),
    });
  for (const [busy, limit] of [
    [many, "has more than 150,000 values, or 1,000 levels"],
    [task(Array.from({ length: 100 }, () => fields)), "has an operator of more than 10,000 values"],
    [lists, "has more than 20,000 dependencies and other items of lists"],
    [dense, "has more than 20,000 dependencies and other items of lists"],
    [task([large, large]), "has more than 5,000 operators and other members of large objects"],
    [task(["{{ a }}".repeat(20_001)]), "has more than 20,000 templates"],
  ] as const) {
    const id = await storeWorkflow(database.pool, busy.build({ check: false }), {
      tenantId: "acme",
    });
    expect(await getDefinitionView(id)).toMatchObject({
      view: { graph: null, unreadable: `The definition ${limit}, so it is not shown.` },
      report: null,
    });
    expect(await getStartPreview({ definitionId: id, queue, inputs: "", tags: "" })).toMatchObject({
      ok: false,
      error: { code: "invalid_definition", message: expect.stringContaining(limit) },
    });
  }
});

test("inputs of more than a million characters are refused before they are parsed", async () => {
  const inputs = `{"text": "${"x".repeat(1_000_000)}"}`;
  expect(await getStartPreview({ definitionId, queue, inputs, tags: "" })).toMatchObject({
    ok: false,
    error: { message: "Invalid inputs: has more than 1,000,000 characters." },
  });
});

test("without the tables there is nothing to start", async () => {
  await database.pool.query("alter table workflow_definition rename to elsewhere");
  expect(await getStartForm({ definitionId })).toMatchObject({
    ok: false,
    error: { code: "definition_not_found" },
  });
  await database.pool.query("alter table elsewhere rename to workflow_definition");
});

test("a definition from a table without tenants and pauses can be started", async () => {
  await database.pool.query(`alter table workflow_definition
    drop column tenant_id, drop column is_paused, drop column created_at, drop column workflow_hash`);
  const { workflowRunId, ...prepared } = await prepare();
  expect(prepared).toMatchObject({ tenantId: null, isPaused: false });
  const given = { definitionId, queue, inputs: "", tags: "" };
  expect(await getStartPreview(given)).toMatchObject({ ok: true, data: { tenantId: null } });
  expect(await startWorkflowRunAction({ ...given, workflowRunId })).toMatchObject({
    ok: true,
    data: { created: true },
  });
});
