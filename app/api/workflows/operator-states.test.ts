/** Operator states shown by the run page for a run of the interpreter, through the route that the page uses. */

import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { getTaskResult } from "@/lib/absurd/tasks/tasks";
import type { RunDefinitionView } from "@/lib/analytics/workflow-views";
import { WorkflowBuilder } from "@/lib/highway/builder/workflow-builder";
import type { Workflow } from "@/lib/highway/model/workflow";
import type { FunctionCall } from "@/lib/highway/run/functions";
import { Bench, playFunctions } from "@/lib/highway/testing/bench";
import {
  buildEverything,
  EVERYTHING_INPUTS,
  playEverything,
} from "@/lib/highway/testing/everything";
import type { NodeStatus } from "@/lib/highway/view/operator-states";
import type { OperatorRecord, RunView } from "@/lib/highway/view/run-view";
import { openTestDatabase } from "@/testing/dashboard-database";
import { GET as graph } from "./[workflowRunId]/graph/route";
import { GET as records } from "./[workflowRunId]/records/route";
import { GET as view } from "./[workflowRunId]/view/route";

const queue = "flows";
const database = openTestDatabase();
beforeAll(() => createQueue(database.pool, queue));

function openBench(workflow: Workflow, play: (id: string, call: FunctionCall) => unknown) {
  return new Bench(database.pool, queue, { functions: playFunctions(workflow, play) });
}

type Route = typeof view;

/** The JSON that a route of a run responds with. */
async function fetchOf<T>(route: Route, workflowRunId: string, search = ""): Promise<T> {
  const request = new Request(`http://localhost:3000/api/workflows/${workflowRunId}${search}`);
  const response = await route(request, { params: Promise.resolve({ workflowRunId }) });
  expect(response.status).toBe(200);
  return response.json();
}

/** The state of each operator, by path. */
async function getNodes(workflowRunId: string): Promise<Record<string, NodeStatus>> {
  return (await fetchOf<RunView>(view, workflowRunId)).operators;
}

test("operators stopped by the end of a run are cancelled, and those that never started are skipped", async () => {
  const workflow = new WorkflowBuilder("ended")
    .parallel("both", {
      left: (left) => left.wait("rest", 3_600).task("never", "f"),
      right: (right) => right.wait("soon", 0.2).terminate("stop"),
    })
    .task("after", "f")
    .build();
  const bench = openBench(workflow, () => null);
  const { taskId, workflowRunId } = await bench.start(workflow);
  // The part that sleeps for an hour has recorded that before the other one ends the run.
  const isResting = async () => {
    await bench.app.workBatch("bench", 60, 1);
    return (await getNodes(workflowRunId))["both.left/rest"]?.state;
  };
  await expect.poll(isResting).toBe("sleeping");
  await expect
    .poll(async () => {
      await bench.app.workBatch("bench", 60, 1);
      return (await getTaskResult(database.pool, queue, taskId))?.state;
    })
    .toBe("completed");
  const nodes = await getNodes(workflowRunId);
  expect(Object.fromEntries(Object.entries(nodes).map(([at, { state }]) => [at, state]))).toEqual({
    both: "cancelled",
    "both.left/rest": "cancelled",
    "both.left/never": "skipped",
    "both.right/soon": "completed",
    "both.right/stop": "completed",
    after: "skipped",
  });
});

test("every kind of operator has its state after the run has ended", async () => {
  const workflow = buildEverything();
  const bench = openBench(workflow, playEverything);
  const { taskId, workflowRunId } = await bench.start(workflow, { inputs: EVERYTHING_INPUTS });
  await bench.finish(taskId);
  const nodes = await getNodes(workflowRunId);
  expect(Object.fromEntries(Object.entries(nodes).map(([at, { state }]) => [at, state]))).toEqual({
    load: "completed",
    shaky: "completed",
    is_big: "completed",
    approve: "completed",
    sign: "completed",
    wave_through: "skipped",
    beside: "completed",
    "beside.left/pack": "completed",
    "beside.left/each_line": "completed",
    "beside.left/each_line/pick": "completed",
    "beside.left/each_line/breathe": "completed",
    "beside.right/rest": "completed",
    "beside.right/invoice": "completed",
    both: "completed",
    each_copy: "completed",
    "each_copy/copy": "completed",
    until_synced: "completed",
    "until_synced/sync": "completed",
    tell: "completed",
    hear: "completed",
    render: "completed",
    by_size: "completed",
    ship_large: "completed",
    ship_small: "skipped",
    last_try: "failed",
    apologise: "completed",
  });
  expect(nodes.shaky).toMatchObject({ attempts: 3, results: 1 });
  expect(nodes.last_try).toMatchObject({ isHandled: true, failure: { message: "no more" } });
  expect(nodes.each_copy).toMatchObject({ rounds: { done: 2, total: 2 } });
  expect(nodes["beside.left/each_line/pick"]).toMatchObject({ results: 2 });
  for (const status of Object.values(nodes).filter(({ state }) => state === "completed"))
    expect(status.task?.queue).toBe(queue);
  const tasks = ["load", "beside.left/pack", "beside.right/rest", "render"].map(
    (at) => nodes[at]?.task?.taskId,
  );
  expect(new Set(tasks).size).toBe(4);
  expect(nodes["beside.right/invoice"]?.task?.taskId).toBe(
    nodes["beside.right/rest"]?.task?.taskId,
  );
  for (const at of ["load", "shaky", "beside", "each_copy"])
    expect(nodes[at]?.took, at).toBeGreaterThan(0);
});

test("an active run shows rounds, an open wait, and lists too long to be sent", async () => {
  const workflow = new WorkflowBuilder("middle")
    .task("list", "list")
    .foreach("each", "{{ list }}", (body) =>
      body.task("pick", "pick").waitForEvent("packed", "packed:{{ index }}"),
    )
    .waitForEvent("approval", "approval", { timeoutSeconds: 600 })
    .task("done", "done")
    .build();
  const items = Array.from({ length: 5 }, () => "x".repeat(1_000));
  const bench = openBench(workflow, (id) => (id === "list" ? items : id));
  const { workflowRunId } = await bench.start(workflow);
  for (const index of [0, 1, 2]) {
    await bench.app.workBatch("bench", 60, 1);
    await bench.app.emitEvent(`packed:${index}`, true);
  }
  await bench.app.workBatch("bench", 60, 1);
  const nodes = await getNodes(workflowRunId);
  expect(nodes.each).toMatchObject({ state: "sleeping", rounds: { done: 3, total: 5 } });
  expect(nodes["each/pick"]).toMatchObject({ state: "completed", results: 4 });
  expect(nodes["each/packed"]).toMatchObject({ state: "sleeping", results: 3 });
  expect(nodes["each/packed"]?.since).not.toBeNull();
  expect(nodes).toMatchObject({ approval: { state: "pending" }, done: { state: "pending" } });
});

test("operators are in reading order with their settings, without the definition's text", async () => {
  const workflow = buildEverything();
  const bench = openBench(workflow, playEverything);
  const { workflowRunId } = await bench.start(workflow, { inputs: EVERYTHING_INPUTS });
  const found = await fetchOf<RunDefinitionView>(graph, workflowRunId);
  expect(found).toMatchObject({ source: "params", notDrawn: null, unreadable: null });
  expect(found).not.toHaveProperty("text");
  const paths = found.graph?.nodes.map(({ path }) => path) ?? [];
  expect(paths.indexOf("load")).toBeLessThan(paths.indexOf("is_big"));
  expect(Object.keys(found.settings).toSorted()).toEqual(paths.toSorted());
  expect(found.settings.shaky).toContainEqual({ label: "Function", value: "shaky" });
});

test("a run's view only has the checkpoints of its verdicts, and an operator's records are fetched separately", async () => {
  const workflow = buildEverything();
  const bench = openBench(workflow, playEverything);
  const { taskId, workflowRunId } = await bench.start(workflow, { inputs: EVERYTHING_INPUTS });
  await bench.finish(taskId);
  const { tasks } = await fetchOf<RunView>(view, workflowRunId);
  for (const { detail } of tasks) expect(detail.checkpoints.length).toBeLessThanOrEqual(3);
  const found = await fetchOf<OperatorRecord[]>(records, workflowRunId, "?path=shaky");
  expect(found.map(({ name, words }) => [name, words])).toEqual([
    ["shaky/attempt/1", "shaky, attempt 1"],
    ["shaky/retry/1", "shaky, before attempt 2"],
    ["shaky/attempt/2", "shaky, attempt 2"],
    ["shaky/retry/2", "shaky, before attempt 3"],
    ["shaky", "shaky"],
  ]);
  expect(found.at(-1)?.task).toMatchObject({ queue, taskId });
});

test("the event of an open wait is part of its operator's state", async () => {
  const workflow = new WorkflowBuilder("asks")
    .foreach("each", "[1]", (body) => body.waitForEvent("answer", "answer:{{ item }}"))
    .build();
  const bench = openBench(workflow, (id) => id);
  const { workflowRunId } = await bench.start(workflow);
  await bench.app.workBatch("bench", 60, 1);
  const nodes = await getNodes(workflowRunId);
  expect(nodes["each/answer"]).toMatchObject({
    state: "sleeping",
    awaited: { queue, event: "answer:1" },
  });
  expect(nodes.each?.awaited).toBeNull();
});
