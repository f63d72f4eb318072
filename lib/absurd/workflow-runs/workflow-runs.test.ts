import { expect, test } from "vitest";
import { describeBothWays } from "@/testing/client-sessions";
import type { WorkflowStatus } from "../../model/states.ts";
import { AbsurdClient } from "../absurd-client.ts";
import {
  InvalidArgumentError,
  WorkflowRunEndedError,
  WorkflowRunNotFoundError,
  WorkflowTableMissingError,
} from "../errors.ts";
import type { WorkflowRunInput } from "./workflow-runs.ts";

const UNKNOWN = "0198c0de-0000-4000-8000-000000000000";
const GIVEN = "0198c0de-0000-4000-8000-000000000001";
const workflow = { workflowName: "order_flow", workflowVersion: "1.0.0" };

describeBothWays("workflow runs", (session) => {
  const create = (input: Partial<WorkflowRunInput> = {}) =>
    session.client.createWorkflowRun({ ...workflow, ...input });

  /** A client whose workflow runs are in a table with only the columns that other programs write. */
  async function foreignTable() {
    await session.db.query(`
      drop schema if exists foreign_program cascade;
      create schema foreign_program;
      create table foreign_program.workflow_run (
        workflow_run_id uuid primary key, workflow_name text not null,
        workflow_version text not null, workflow_hash text, status text not null,
        absurd_run_id uuid, absurd_queue text, inputs jsonb, created_by text, tags jsonb,
        result jsonb, error jsonb, started_at timestamptz, completed_at timestamptz,
        task_count integer)`);
    const { db, client } = session;
    const { queueName } = client;
    return new AbsurdClient({ db, queueName, workflowSchema: "foreign_program" });
  }

  test("createWorkflowRun: inserts a pending run with all given values", async () => {
    await session.setClock("2026-03-02T12:00:00Z");
    const { taskId, runId } = await session.client.spawnTask("root");
    const id = await create({
      inputs: { big: 9007199254740993n },
      absurdRunId: runId,
      absurdTaskId: taskId,
      createdBy: "me",
      tags: { team: "a" },
      workflowHash: "abc",
      tenantId: "t1",
      workflowRunId: GIVEN,
    });
    expect(id).toBe(GIVEN);
    expect(await session.client.getWorkflowRun(id)).toEqual({
      ...workflow,
      workflowRunId: id,
      status: "pending",
      workflowHash: "abc",
      absurdRunId: runId,
      absurdTaskId: taskId,
      absurdQueue: session.client.queueName,
      inputs: { big: 9007199254740993n },
      result: undefined,
      error: undefined,
      createdBy: "me",
      tags: { team: "a" },
      taskCount: null,
      startedAt: null,
      completedAt: null,
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
      tenantId: "t1",
    });
  });

  test("createWorkflowRun: generates an id, and distinguishes empty from missing inputs", async () => {
    const empty = await session.client.getWorkflowRun(await create({ inputs: {}, tags: {} }));
    expect(empty).toMatchObject({ inputs: {}, tags: {}, tenantId: "default" });
    expect(empty).not.toHaveProperty("absurdTaskId");
    const none = await session.client.getWorkflowRun(await create());
    expect(none).toMatchObject({ inputs: undefined, tags: null });
  });

  test.each([
    { workflowName: "Bad Name!" },
    { workflowName: "two__parts" },
    { workflowName: "order_flow\n" },
    { workflowVersion: "1 0" },
    { workflowVersion: "1__0" },
  ])("createWorkflowRun: refuses %j", async (wrong) => {
    await expect(create(wrong)).rejects.toThrow(InvalidArgumentError);
  });

  test("updateWorkflowRunStatus: sets times by default, keeps and clears fields", async () => {
    const id = await create();
    const update = session.client.updateWorkflowRunStatus;
    const read = () => session.client.getWorkflowRun(id);
    await session.setClock("2026-03-02T12:00:00Z");
    expect(await update(id, "running", { taskCount: 3 })).toBe(true);
    await session.setClock("2026-03-02T12:05:00Z");
    await update(id, "running");
    expect(await read()).toMatchObject({
      status: "running",
      taskCount: 3,
      startedAt: new Date("2026-03-02T12:00:00Z"),
      completedAt: null,
    });
    await update(id, "completed", { result: 0, taskCount: null });
    expect(await read()).toMatchObject({
      status: "completed",
      result: 0,
      taskCount: null,
      completedAt: new Date("2026-03-02T12:05:00Z"),
    });
    await update(id, "completed", { result: null, error: false, startedAt: null });
    expect(await read()).toMatchObject({ result: undefined, error: false, startedAt: null });
  });

  test("updateWorkflowRunStatus: stores given times", async () => {
    const id = await create();
    const [startedAt, completedAt] = [new Date(1e12), new Date(2e12)];
    await session.client.updateWorkflowRunStatus(id, "failed", {
      startedAt,
      completedAt,
      error: { type: "E", message: "m" },
    });
    expect(await session.client.getWorkflowRun(id)).toMatchObject({
      startedAt,
      completedAt,
      error: { type: "E", message: "m" },
    });
  });

  test("updateWorkflowRunStatus: leaving a final status needs force", async () => {
    const id = await create();
    await session.client.updateWorkflowRunStatus(id, "failed");
    await expect(session.client.updateWorkflowRunStatus(id, "running")).rejects.toMatchObject({
      constructor: WorkflowRunEndedError,
      status: "failed",
    });
    expect(await session.client.updateWorkflowRunStatus(id, "running", { force: true })).toBe(true);
    expect(await session.client.getWorkflowRun(id)).toMatchObject({
      status: "running",
      completedAt: null,
    });
  });

  test("updateWorkflowRunStatus: an unknown run or status is refused", async () => {
    const update = session.client.updateWorkflowRunStatus;
    expect(await update(UNKNOWN, "running")).toBe(false);
    await expect(update(UNKNOWN, "running", { mustExist: true })).rejects.toThrow(
      WorkflowRunNotFoundError,
    );
    await expect(update(UNKNOWN, "done" as WorkflowStatus)).rejects.toThrow(InvalidArgumentError);
  });

  test("getWorkflowRun: null for an unknown one", async () => {
    expect(await session.client.getWorkflowRun(UNKNOWN)).toBeNull();
  });

  test("listWorkflowRuns: newest first, filtered, in pages without gaps", async () => {
    const ids: string[] = [];
    for (const [index, workflowVersion] of ["1", "2", "2", "2"].entries()) {
      // Before PostgreSQL 18, ids of one millisecond are not ordered.
      await session.setClock(`2026-03-02T12:00:0${index}Z`);
      ids.unshift(await create({ workflowName: "listed", workflowVersion, tenantId: "l" }));
    }
    await session.client.updateWorkflowRunStatus(ids[0] ?? "", "running");
    const list = async (filters: object) => {
      const { runs, nextCursor } = await session.client.listWorkflowRuns({
        workflowName: "listed",
        ...filters,
      });
      return { ids: runs.map((run) => run.workflowRunId), nextCursor };
    };
    expect(await list({})).toEqual({ ids, nextCursor: undefined });
    expect((await list({ workflowVersion: "2", status: "pending" })).ids).toEqual(ids.slice(1, 3));
    expect((await list({ tenantId: "l" })).ids).toEqual(ids);
    const first = await list({ limit: 3 });
    expect(first.ids).toEqual(ids.slice(0, 3));
    await create({ workflowName: "listed" });
    expect(await list({ limit: 3, cursor: first.nextCursor })).toEqual({
      ids: ids.slice(3),
      nextCursor: undefined,
    });
    await expect(list({ cursor: "nonsense" })).rejects.toThrow(InvalidArgumentError);
  });

  test("listWorkflowRuns: carries no payloads", async () => {
    await create({ inputs: { secret: 1 } });
    const { runs } = await session.client.listWorkflowRuns({ limit: 1 });
    expect(runs[0]).not.toHaveProperty("inputs");
  });

  test("getWorkflowRunTasks: the root task and the tasks with the run's id", async () => {
    const { client } = session;
    await session.setClock("2026-03-02T12:00:00Z");
    const root = await client.spawnTask("root");
    const id = await create({ absurdRunId: root.runId });
    await session.setClock("2026-03-02T12:00:01Z");
    const child = await client.spawnTask("child", {}, { workflowRunId: id });
    await client.spawnTask("stranger");
    const tasks = await client.getWorkflowRunTasks(id);
    expect(tasks).toMatchObject([
      { taskId: root.taskId, taskName: "root", isRoot: true, queue: client.queueName },
      { taskId: child.taskId, taskName: "child", isRoot: false, state: "pending" },
    ]);
    expect(await client.getWorkflowRunTasks(id, { after: root.taskId })).toEqual(tasks.slice(1));
    await expect(client.getWorkflowRunTasks(UNKNOWN)).rejects.toThrow(WorkflowRunNotFoundError);
  });

  test("getWorkflowRunTasks: a dropped queue has none", async () => {
    const id = await create();
    expect(await session.client.getWorkflowRunTasks(id, { queue: "gone" })).toEqual([]);
    await session.client.dropQueue();
    expect(await session.client.getWorkflowRunTasks(id)).toEqual([]);
  });

  test("a table with only another program's columns works", async () => {
    const client = await foreignTable();
    const id = await client.createWorkflowRun(workflow);
    const other = await client.createWorkflowRun(workflow);
    const { taskId } = await client.spawnTask("child", {}, { workflowRunId: id });
    expect(await client.updateWorkflowRunStatus(id, "completed", { result: [1] })).toBe(true);
    const run = await client.getWorkflowRun(id);
    expect(run).toMatchObject({ ...workflow, status: "completed", result: [1] });
    for (const absent of ["createdAt", "updatedAt", "absurdTaskId", "tenantId", "definitionId"])
      expect(run).not.toHaveProperty(absent);
    const newestFirst = [id, other].sort().reverse();
    const first = await client.listWorkflowRuns({ limit: 1 });
    const second = await client.listWorkflowRuns({ limit: 1, cursor: first.nextCursor ?? "" });
    expect([...first.runs, ...second.runs].map((r) => r.workflowRunId)).toEqual(newestFirst);
    expect(await client.getWorkflowRunTasks(id)).toMatchObject([{ taskId }]);
  });

  test("a value without a column in the table is refused", async () => {
    const client = await foreignTable();
    await expect(client.createWorkflowRun({ ...workflow, tenantId: "t" })).rejects.toThrow(
      InvalidArgumentError,
    );
    await expect(client.listWorkflowRuns({ tenantId: "t" })).rejects.toThrow(InvalidArgumentError);
  });

  test("without the table every method throws, and the transaction can continue", async () => {
    const { db } = session;
    const client = new AbsurdClient({ db, workflowSchema: "nowhere" });
    const calls = [
      () => client.createWorkflowRun(workflow),
      () => client.updateWorkflowRunStatus(UNKNOWN, "running"),
      () => client.getWorkflowRun(UNKNOWN),
      () => client.listWorkflowRuns(),
      () => client.getWorkflowRunTasks(UNKNOWN),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(WorkflowTableMissingError);
    expect(await session.client.claimTasks()).toEqual([]);
  });
});
