/** The operator states that the run page shows for a run of the interpreter, through the route that it uses. */

import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { WorkflowBuilder } from "@/lib/highway/builder/workflow-builder";
import { buildGraph } from "@/lib/highway/graph/graph";
import { parseWorkflow } from "@/lib/highway/language/parse";
import type { Workflow } from "@/lib/highway/model/workflow";
import type { FunctionCall } from "@/lib/highway/run/functions";
import { Bench, playFunctions } from "@/lib/highway/testing/bench";
import {
  buildEverything,
  EVERYTHING_INPUTS,
  playEverything,
} from "@/lib/highway/testing/everything";
import { computeOperatorStates, type NodeStatus } from "@/lib/highway/view/operator-states";
import type { WorkflowRunDetail } from "@/lib/model/workflow";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import { openTestDatabase } from "@/testing/dashboard-database";
import { GET as definition } from "./[workflowRunId]/definition/route";
import { GET as run } from "./[workflowRunId]/route";

const queue = "flows";
const database = openTestDatabase();
beforeAll(() => createQueue(database.pool, queue));

function openBench(workflow: Workflow, play: (id: string, call: FunctionCall) => unknown) {
  return new Bench(database.pool, queue, { functions: playFunctions(workflow, play) });
}

/** The state of each operator as the page computes it. */
async function look(workflowRunId: string): Promise<Record<string, NodeStatus>> {
  const at = { params: Promise.resolve({ workflowRunId }) };
  const request = new Request(`http://localhost:3000/api/workflows/${workflowRunId}`);
  const detail: WorkflowRunDetail = await (await run(request, at)).json();
  const { text } = await (await definition(request, at)).json();
  const { workflow } = parseWorkflow(text, { format: "json" });
  if (!workflow) throw new Error("no workflow");
  const histories = detail.tasks.map((task) => ({
    detail: task,
    timeline: buildTimeline(task, detail.now),
  }));
  return Object.fromEntries(
    computeOperatorStates(workflow, buildGraph(workflow), detail, histories),
  );
}

test("every kind of operator has its state after the run has ended", async () => {
  const workflow = buildEverything();
  const bench = openBench(workflow, playEverything);
  const { taskId, workflowRunId } = await bench.start(workflow, { inputs: EVERYTHING_INPUTS });
  await bench.finish(taskId);
  const nodes = await look(workflowRunId);
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
  const nodes = await look(workflowRunId);
  expect(nodes.each).toMatchObject({ state: "sleeping", rounds: { done: 3, total: 5 } });
  expect(nodes["each/pick"]).toMatchObject({ state: "completed", results: 4 });
  expect(nodes["each/packed"]).toMatchObject({ state: "sleeping", results: 3 });
  expect(nodes["each/packed"]?.since).not.toBeNull();
  expect(nodes).toMatchObject({ approval: { state: "pending" }, done: { state: "pending" } });
});
