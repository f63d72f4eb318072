import { beforeAll, describe, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { setCheckpoint } from "@/lib/absurd/runs/checkpoints";
import { claimTasks, completeTask, failTask, scheduleRun } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { cancelTask } from "@/lib/absurd/tasks/tasks";
import {
  createWorkflowRun,
  updateWorkflowRunStatus,
  type WorkflowRunInput,
} from "@/lib/absurd/workflow-runs/workflow-runs";
import { diagnose } from "@/lib/diagnosis/diagnose";
import { plainText } from "@/lib/diagnosis/sentence";
import { type WorkflowFilters, workflowFilters } from "@/lib/search-params/workflows";
import { openTestDatabase } from "@/testing/dashboard-database";
import { getRunDefinition, listWorkflowDefinitions } from "./workflow-definitions";
import { getWorkflowPayload, getWorkflowRun, listWorkflowRuns } from "./workflows";

const queue = `flows "1"`;
const database = openTestDatabase();
const list = (filters: Partial<WorkflowFilters> = {}) => listWorkflowRuns(workflowFilters(filters));
const names = async (filters: Partial<WorkflowFilters>) =>
  (await list(filters)).rows.map((run) => run.name);

beforeAll(async () => {
  await createQueue(database.pool, queue);
  await createQueue(database.pool, "elsewhere", { storageMode: "partitioned" });
});

const create = (input: Partial<WorkflowRunInput> = {}) =>
  createWorkflowRun(database.pool, queue, {
    workflowName: "etl",
    workflowVersion: "1.0.0",
    ...input,
  });

async function start(input: Partial<WorkflowRunInput> = {}) {
  const root = await spawnTask(database.pool, queue, "highway.workflow.run", { n: 1 });
  const id = await create({ absurdTaskId: root.taskId, absurdRunId: root.runId, ...input });
  await updateWorkflowRunStatus(database.pool, id, "running");
  const claimed = await claimTasks(database.pool, queue, { quantity: 100 });
  expect(claimed.map((run) => run.runId)).toContain(root.runId);
  return { id, ...root };
}

const spawnFor = async (id: string, of = queue) =>
  (await spawnTask(database.pool, of, "child", {}, { workflowRunId: id })).taskId;

describe("the list", () => {
  test("filters by every column, alone and together", async () => {
    await create({ workflowName: "plain" });
    await create({
      workflowName: "tagged",
      workflowVersion: "2.1",
      tenantId: "acme",
      createdBy: "api",
      tags: { region: "eu", n: 7, "a=b": true },
    });
    const cancelled = await create({ workflowName: "ended" });
    await updateWorkflowRunStatus(database.pool, cancelled, "cancelled");

    expect(await names({ name: ["tagged", "plain"] })).toEqual(["tagged", "plain"]);
    expect(await names({ version: ["2.1"] })).toEqual(["tagged"]);
    expect(await names({ tenant: ["acme"] })).toEqual(["tagged"]);
    expect(await names({ creator: ["api"] })).toEqual(["tagged"]);
    expect(await names({ status: ["cancelled"] })).toEqual(["ended"]);
    for (const tag of ["region", "region=eu", "n=7"])
      expect(await names({ tag: [tag] })).toEqual(["tagged"]);
    expect(await names({ tag: ["region=eu", "n=8"] })).toEqual([]);
    expect(await names({ tag: ["region=eu"], name: ["plain"] })).toEqual([]);
    expect(await names({ tag: [`n"' or true --`] })).toEqual([]);
    expect(await names({ range: "1h", name: ["plain"] })).toEqual(["plain"]);
    expect(await names({ before: "2001-01-01T00:00:00.000Z" })).toEqual([]);
    expect(await names({ run: [cancelled] })).toEqual(["ended"]);
    expect(await names({ run: [cancelled], status: ["running"] })).toEqual([]);
    expect(await names({ run: [cancelled, crypto.randomUUID()] })).toEqual(["ended"]);
    const [row] = (await list({ name: ["tagged"] })).rows;
    expect(JSON.parse(row?.tags?.text ?? "")).toEqual({ region: "eu", n: 7, "a=b": true });
    expect(row).toMatchObject({ status: "pending", stale: null, tenantId: "acme" });
  });

  test("paging forward and back neither repeats nor skips runs with equal times", async () => {
    const client = await database.pool.connect();
    // In one transaction all rows have the same time of creation.
    await client.query("begin");
    const made: string[] = [];
    for (let index = 0; index < 7; index++)
      made.push(
        await createWorkflowRun(client, queue, { workflowName: "paged", workflowVersion: "1" }),
      );
    await client.query("commit");
    client.release();
    const pages = [await list({ name: ["paged"], limit: 3 })];
    for (let page = pages[0]; page?.older; page = pages.at(-1))
      pages.push(await list({ name: ["paged"], limit: 3, cursor: page.older }));
    const ids = pages.map((page) => page.rows.map((run) => run.workflowRunId));
    expect(ids.flat().sort()).toEqual([...made].sort());
    expect(ids.map((page) => page.length)).toEqual([3, 3, 1]);
    const back = await list({ name: ["paged"], limit: 3, cursor: pages[2]?.newer ?? "" });
    expect(back.rows.map((run) => run.workflowRunId)).toEqual(ids[1]);
    await expect(list({ cursor: "made-up" })).rejects.toMatchObject({ code: "bad_request" });
  });

  test("is sleeping while the root sleeps, and stale if the root has ended and the row is not final", async () => {
    const { id, runId } = await start({ workflowName: "sleeper" });
    await scheduleRun(database.pool, queue, runId, new Date(Date.now() + 3_600_000));
    const state = async () => {
      const [row] = (await list({ name: ["sleeper"] })).rows;
      return [row?.storedStatus, row?.status, row?.stale];
    };
    expect(await state()).toEqual(["running", "sleeping", null]);
    const [row] = (await list({ name: ["sleeper"] })).rows;
    await cancelTask(database.pool, queue, { taskId: row?.rootTaskId ?? "" });
    expect(await state()).toEqual(["running", "running", "cancelled"]);
    await updateWorkflowRunStatus(database.pool, id, "cancelled");
    expect(await state()).toEqual(["cancelled", "cancelled", null]);
  });
});

describe("one run", () => {
  test("has its root and its children in any queue and no other tasks", async () => {
    const { id, taskId, runId } = await start({ inputs: { n: 12345678901234567890n } });
    const other = await create();
    const mine = [await spawnFor(id), await spawnFor(id)].sort();
    await spawnFor(other);
    const far = await spawnFor(id, "elsewhere");
    await setCheckpoint(database.pool, queue, {
      taskId,
      ownerRunId: runId,
      stepName: "extract",
      state: "x".repeat(2_000),
    });
    const detail = await getWorkflowRun(id);
    expect(detail.tasks.map(({ task }) => task.taskId)).toEqual([taskId, ...mine, far]);
    expect(detail.linked).toEqual({ value: 4, precision: "exact" });
    expect(detail.inputs?.text).toBe('{"n": 12345678901234567890}');
    expect([detail.result, detail.error]).toEqual([null, null]);
    const [root] = detail.tasks;
    expect(root?.runs).toMatchObject([{ runId, state: "running" }]);
    expect(root?.checkpoints).toMatchObject([{ name: "extract", state: { bytes: 2_002 } }]);
    expect(root?.checkpoints[0]?.state?.text).toBeUndefined();
    expect(await getWorkflowPayload(id, "inputs")).toEqual(['{"n": 12345678901234567890}']);
    await expect(getWorkflowPayload(id, "result")).rejects.toMatchObject({
      code: "payload_not_found",
    });
  });

  test("finds children that are spawned between two queries", async () => {
    const { id, runId } = await start();
    expect((await getWorkflowRun(id)).linked.value).toBe(1);
    const child = await spawnFor(id);
    expect((await getWorkflowRun(id)).tasks.map(({ task }) => task.taskId)).toContain(child);
    await completeTask(database.pool, queue, runId, null);
    await updateWorkflowRunStatus(database.pool, id, "completed", { result: [1] });
    const detail = await getWorkflowRun(id);
    expect(detail.run).toMatchObject({ status: "completed", stale: null, rootState: "completed" });
    expect(detail.result?.text).toBe("[1]");
    expect(detail.linked.value).toBe(2);
  });

  test("finds its root by the run id when the row has no task id", async () => {
    const root = await spawnTask(database.pool, queue, "work", {});
    const id = await create({ absurdRunId: root.runId });
    expect((await getWorkflowRun(id)).run).toMatchObject({
      rootTaskId: root.taskId,
      rootState: "pending",
    });
  });

  test("is found after its queue was dropped", async () => {
    const id = await createWorkflowRun(database.pool, "gone", {
      workflowName: "lost",
      workflowVersion: "1",
      absurdTaskId: "01900000-0000-7000-8000-000000000001",
    });
    expect(await getWorkflowRun(id)).toMatchObject({ run: { rootState: null }, tasks: [] });
  });

  test("an unknown run is not found", async () => {
    const unknown = "01900000-0000-7000-8000-000000000000";
    await expect(getWorkflowRun(unknown)).rejects.toMatchObject({ code: "workflow_run_not_found" });
    await expect(getRunDefinition(unknown)).rejects.toMatchObject({
      code: "workflow_run_not_found",
    });
  });
});

describe("definitions", () => {
  const store = async (hash: string, definition: object, version = "3") =>
    (
      await database.pool.query(
        `insert into workflow_definition (workflow_name, workflow_version, workflow_hash, definition)
         values ('defined', $3, $1, $2) returning definition_id as id`,
        [hash, definition, version],
      )
    ).rows[0].id as string;
  const source = async (id: string) => {
    const { text, source } = await getRunDefinition(id);
    return [source, JSON.parse(text).name];
  };

  test("are found by id, hash, the root's params, and by name and version if only one matches", async () => {
    const one = await store("h1", { name: "one" });
    const defined = { workflowName: "defined", workflowVersion: "3" };
    expect(await source(await create(defined))).toEqual(["name_and_version", "one"]);
    await store("h2", { name: "two" });
    expect(await source(await create({ ...defined, definitionId: one }))).toEqual([
      "definition_id",
      "one",
    ]);
    expect(await source(await create({ ...defined, workflowHash: "h2" }))).toEqual(["hash", "two"]);
    await expect(getRunDefinition(await create(defined))).rejects.toMatchObject({
      code: "definition_not_found",
    });
    const root = await spawnTask(database.pool, queue, "run", { definition: { name: "own" } });
    expect(await source(await create({ ...defined, absurdTaskId: root.taskId }))).toEqual([
      "params",
      "own",
    ]);
  });

  test("are listed by name, newest first", async () => {
    await store("h3", {}, "4");
    const { definitions, installed } = await listWorkflowDefinitions();
    expect(installed).toBe(true);
    expect(definitions.map(({ name, version, hash }) => [name, version, hash])).toEqual([
      ["defined", "4", "h3"],
      ["defined", "3", "h2"],
      ["defined", "3", "h1"],
    ]);
  });
});

test("the verdict on a failed root names an error that is too large to be loaded with the run", async () => {
  await createQueue(database.pool, "large");
  for (const size of [794, 2_800, 70_000, 3_000_000]) {
    const root = await spawnTask(database.pool, "large", "root", {}, { maxAttempts: 1 });
    const id = await create({ absurdTaskId: root.taskId });
    await database.pool.query(
      "update workflow_run set absurd_queue = 'large' where workflow_run_id = $1",
      [id],
    );
    await claimTasks(database.pool, "large");
    const stack = "x".repeat(size);
    await failTask(database.pool, "large", root.runId, {
      ...{ name: "PaymentError", message: `declined ${size}`, stack },
    });
    const { tasks } = await getWorkflowRun(id);
    const [detail] = tasks;
    if (!detail) throw new Error("The root task is missing");
    expect(plainText(diagnose(detail).parts)).toContain(`PaymentError: declined ${size}`);
  }
});
