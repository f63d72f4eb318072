/** What the scenarios do not cover: retries, time limits, handlers, forks, cancellation, parts that die. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { call, queueTable } from "../../absurd/connection/sql.ts";
import { createQueue } from "../../absurd/queues/queues.ts";
import { cancelTask, getTaskResult } from "../../absurd/tasks/tasks.ts";
import { getWorkflowRunTasks } from "../../absurd/workflow-runs/tasks.ts";
import { getWorkflowRun } from "../../absurd/workflow-runs/workflow-runs.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { WorkflowBuilder } from "../builder/workflow-builder.ts";
import { Bench } from "../testing/bench.ts";
import { cancelWorkflowRun } from "./cancel.ts";
import type { FunctionCall, WorkflowFunction } from "./functions.ts";
import { InvalidWorkflowError, startWorkflow } from "./start.ts";

let database: TestDatabase;
let queues = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const echo: WorkflowFunction = ({ args }) => args;
const boom: WorkflowFunction = () => {
  throw new RangeError("boom");
};

async function prepare(functions: Record<string, WorkflowFunction> = {}) {
  const queue = `semantics ${++queues}`;
  await createQueue(database.pool, queue);
  return new Bench(database.pool, queue, { functions: { echo, boom, ...functions } });
}

async function finish(
  bench: Bench,
  builder: WorkflowBuilder,
  wake?: (event: string) => Json | undefined,
) {
  const { taskId } = await bench.start(builder.build(), { tenantId: "acme" });
  return (await bench.finish(taskId, wake)) as {
    status: string;
    result: Json;
    error?: { task: string; type: string; message: string };
    operators: Record<string, string>;
  };
}

const builder = () => new WorkflowBuilder("flow");

test.concurrent("an operator is tried as often as its policy permits, with growing pauses", async () => {
  const attempts: number[] = [];
  const bench = await prepare({
    shaky: ({ attempt }) => {
      attempts.push(attempt);
      throw new Error(`attempt ${attempt}`);
    },
  });
  const end = await finish(
    bench,
    builder().task("a", "shaky").retry({ maxRetries: 2, delay: 10, backoffFactor: 3 }),
  );
  expect(attempts).toEqual([1, 2, 3]);
  expect(end).toMatchObject({ status: "failed", error: { task: "a", message: "attempt 3" } });
});

test.concurrent("the pause before a retry is slept", async () => {
  let calls = 0;
  const bench = await prepare({
    shaky: () => {
      calls += 1;
      throw new Error("no");
    },
  });
  const flow = builder().task("a", "shaky").retry({ maxRetries: 5, delay: 3600 }).build();
  const { taskId } = await bench.start(flow);
  for (let count = 0; count < 3; count++) await bench.app.workBatch("bench", 60, 1);
  expect(calls).toBe(1);
  expect(await getTaskResult(database.pool, bench.queue, taskId)).toMatchObject({
    state: "sleeping",
  });
});

test.concurrent("an attempt that exceeds its timeout fails, and its function's signal is aborted", async () => {
  const signals: AbortSignal[] = [];
  const hang = ({ signal }: FunctionCall) => {
    signals.push(signal);
    return new Promise(() => {});
  };
  const end = await finish(await prepare({ hang }), builder().task("a", "hang").timeout(0.05));
  expect(end.error).toMatchObject({ type: "TimeoutError" });
  expect(signals[0]?.aborted).toBe(true);
});

test.concurrent("a handler receives the failure, and the operator stays failed", async () => {
  const bench = await prepare();
  const end = await finish(
    bench,
    builder()
      .task("a", "boom", { onFailure: "h" })
      .task("h", "echo", { args: ["{{ failed_task_id }}", "{{ error_message }}"] })
      .task("after_h", "echo", { args: ["{{ h }}"] })
      .task("b", "echo", { dependencies: ["a"] }),
  );
  expect(end).toMatchObject({
    status: "failed",
    operators: { a: "failed", h: "completed", after_h: "cancelled", b: "upstream_failed" },
  });
});

test.concurrent("trigger rules and joins tolerate failures", async () => {
  const end = await finish(
    await prepare(),
    builder()
      .task("good", "echo")
      .task("bad", "boom", { root: true })
      .task("done", "echo", { dependencies: ["good", "bad"], triggerRule: "all_done" })
      .join("one", ["good", "bad"], "one_success", { dependencies: ["good", "bad"] })
      .join("all", ["good", "bad"], "all_success", { dependencies: ["good", "bad"] }),
  );
  expect(end.operators).toMatchObject({ done: "completed", one: "completed", all: "failed" });
});

test.concurrent("a template with an unknown path fails its operator", async () => {
  const end = await finish(
    await prepare(),
    builder().task("a", "echo", { args: ["{{ nothing.here }}"] }),
  );
  expect(end.error).toMatchObject({
    type: "TemplateError",
    message: "'nothing.here' is not known here",
  });
});

test.concurrent("a variable is the default of an input that was not given", async () => {
  const bench = await prepare();
  const args = ["{{ inputs.lang }}", "{{ inputs.deep.a[0] }}", "{{ inputs.id }}", "{{ ds }}"];
  const workflow = {
    ...builder().task("a", "echo", { args }).build(),
    variables: { lang: "en", deep: { a: [7] }, id: 1, data_interval_start: "2026-03-01" },
  };
  const run = async (inputs: JsonObject) =>
    bench.finish((await bench.start(workflow, { inputs })).taskId);
  expect(await run({})).toMatchObject({ result: ["en", 7, 1, "2026-03-01"] });
  expect(await run({ id: null, lang: "de" })).toMatchObject({
    result: ["de", 7, null, "2026-03-01"],
  });
  const unknown = builder().task("a", "echo", { args: ["{{ inputs.nothing }}"] });
  expect((await finish(bench, unknown)).error).toMatchObject({
    message: "'inputs.nothing' is not known here",
  });
});

test.concurrent("values of branches, rounds and activities are available afterwards", async () => {
  const end = await finish(
    await prepare(),
    builder()
      .parallel("p", { l: (left) => left.task("inside", "echo", { args: [1], resultKey: "seen" }) })
      .whileLoop("w", "index < 2", (body) => body.task("round", "echo", { args: ["{{ index }}"] }))
      .activity("act", "echo", { args: [2] })
      .task("last", "echo", {
        args: ["{{ seen }}", "{{ p.branches.l.status }}", "{{ round }}", "{{ act.result }}"],
      }),
  );
  expect(end.result).toEqual([[1], "completed", [1], [2]]);
});

test.concurrent("other operators continue after a fork until a task waits for its branches", async () => {
  const bench = await prepare();
  const fork = builder()
    .parallel(
      "p",
      { l: (left) => left.wait("rest", 30).task("slow", "echo", { args: ["l"] }) },
      { resultKey: "fork" },
    )
    .task("sibling", "echo", { dependencies: ["p"], args: ["{{ fork.branches.l.status }}"] })
    .task("wait", "tools.workflow.wait_for_parallel_branches", {
      dependencies: ["p", "sibling"],
      args: ["{{ fork }}"],
      kwargs: { timeout_seconds: 600 },
    });
  const end = await finish(bench, fork, () => undefined);
  expect(end).toMatchObject({ status: "completed", result: { l: ["l"] } });
  expect(end.operators).toMatchObject({ sibling: "completed", "p.l/slow": "completed" });
});

test.concurrent("a limit for all branches cancels the unfinished ones", async () => {
  const bench = await prepare();
  const flow = builder().parallel(
    "p",
    { l: (left) => left.waitForEvent("never", "never") },
    { timeout: 1 },
  );
  const { taskId, workflowRunId } = await bench.start(flow.build());
  const end = await bench.finish(taskId);
  expect(end).toMatchObject({ status: "failed", error: { type: "TimeoutError" } });
  const tasks = await getWorkflowRunTasks(database.pool, workflowRunId);
  expect(tasks.map(({ state }) => state)).toEqual(["completed", "cancelled"]);
}, 60_000);

test.concurrent("cancelling a run cancels its parts and its row, and headers name run and tenant", async () => {
  const bench = await prepare();
  const flow = builder().parallel("p", { l: (left) => left.waitForEvent("never", "never") });
  const { workflowRunId } = await bench.start(flow.build(), { tenantId: "acme", createdBy: "me" });
  for (let count = 0; count < 4; count++) await bench.app.workBatch("bench", 60, 1);
  const headers = await call<{ headers: Json }>(
    database.pool,
    `select headers from ${queueTable("t", bench.queue)} order by task_id`,
  );
  expect(headers.map((row) => row.headers)).toEqual([
    { workflow_run_id: workflowRunId, tenant_id: "acme" },
    { workflow_run_id: workflowRunId, tenant_id: "acme", highway_path: "p.l" },
  ]);
  expect(await getWorkflowRun(database.pool, workflowRunId)).toMatchObject({ status: "running" });
  expect(await cancelWorkflowRun(database.pool, bench.queue, workflowRunId)).toBe(2);
  expect(await getWorkflowRun(database.pool, workflowRunId)).toMatchObject({
    status: "cancelled",
    tenantId: "acme",
    createdBy: "me",
  });
});

test.concurrent("a part whose task was cancelled fails its operator", async () => {
  const bench = await prepare();
  const flow = builder().parallel("p", { l: (left) => left.waitForEvent("never", "never") });
  const { taskId, workflowRunId } = await bench.start(flow.build());
  await bench.app.workBatch("bench", 60, 1);
  const part = (await getWorkflowRunTasks(database.pool, workflowRunId)).find((one) => !one.isRoot);
  await cancelTask(database.pool, bench.queue, { taskId: part?.taskId ?? "" });
  const end = await bench.finish(taskId, () => "time out");
  expect(end).toMatchObject({ status: "failed", error: { task: "p", type: "Cancelled" } });
});

test.concurrent("a part's event emitted by another program fails its operator with that reason", async () => {
  const bench = await prepare();
  const { taskId, workflowRunId } = await bench.start(
    builder()
      .parallel("p", { one: (branch) => branch.task("a", "echo") })
      .build(),
  );
  await bench.app.emitEvent(`hw:${workflowRunId}:p.one`, { approved: true });
  expect(await bench.finish(taskId)).toMatchObject({
    status: "failed",
    error: { task: "p", message: expect.stringContaining("was not emitted by the part") },
  });
});

test.concurrent("a workflow with errors is not started", async () => {
  const broken = builder()
    .task("a", "echo", { dependencies: ["ghost"] })
    .build({ check: false });
  const bench = await prepare();
  await expect(startWorkflow(database.pool, bench.queue, broken)).rejects.toThrow(
    InvalidWorkflowError,
  );
});
