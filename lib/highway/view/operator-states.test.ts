import { expect, test } from "vitest";
import { buildGraph } from "@/lib/highway/graph/graph";
import { parseWorkflow } from "@/lib/highway/language/parse";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import { workAtOnce } from "../../model/work/turns.ts";
import type { WorkflowRunDetail } from "../../model/workflow.ts";
import { computeOperatorStates } from "./operator-states.ts";
import { createResolver } from "./resolve-step.ts";

const task = (id: string, dependencies: string[] = [], more = {}) => ({
  task_id: id,
  operator_type: "task",
  function: "f",
  dependencies,
  ...more,
});
const { workflow } = parseWorkflow(
  JSON.stringify({
    name: "order",
    version: "1",
    start_task: "fetch",
    tasks: {
      fetch: task("fetch"),
      level: {
        task_id: "level",
        operator_type: "switch",
        switch_on: "{{fetch}}",
        cases: { low: "approve", high: "review" },
        dependencies: ["fetch"],
      },
      approve: task("approve", ["level"]),
      review: task("review", ["level"]),
      each: {
        task_id: "each",
        operator_type: "foreach",
        items: "{{fetch}}",
        dependencies: ["approve"],
        loop_body: [task("pick"), task("pack", ["pick"])],
      },
      notify: task("notify", ["each"]),
    },
  }),
);
if (!workflow) throw new Error("The workflow of the test cannot be read.");
const parsed = workflow;
const graph = buildGraph(workflow);

const RUN = "01900000-0000-7000-8000-000000000001";
const at = (second: number) => new Date(Date.UTC(2026, 2, 2, 12, 0, second)).toISOString();

/** A run whose root task has recorded these checkpoints, a second each. */
function derive(rootState: "running" | "sleeping" | "completed" | "failed", names: string[]) {
  const taskId = "01900000-0000-7000-8000-000000000002";
  const runId = "01900000-0000-7000-8000-000000000003";
  const ended = rootState === "completed" || rootState === "failed";
  const root = {
    task: {
      queue: "q",
      taskId,
      name: "order-program",
      state: rootState,
      attempts: 1,
      maxAttempts: 1,
      enqueuedAt: at(0),
      firstStartedAt: at(0),
      cancelledAt: null,
      lastAttemptRun: runId,
      idempotencyKey: null,
      tenantId: null,
      workflowRunId: RUN,
      params: null,
      headers: null,
      retryStrategy: null,
      cancellation: null,
      result: null,
    },
    runs: [
      {
        runId,
        taskId,
        attempt: 1,
        state: rootState,
        claimedBy: "w",
        claimExpiresAt: at(59),
        availableAt: at(0),
        startedAt: at(0),
        completedAt: rootState === "completed" ? at(40) : null,
        failedAt: rootState === "failed" ? at(40) : null,
        createdAt: at(0),
        wakeEvent: null,
        eventPayload: null,
        result: null,
        failureReason: null,
      },
    ],
    checkpoints: names.map((name, index) => ({
      name,
      state: { bytes: 4, text: "null" },
      status: "committed",
      ownerRunId: runId,
      updatedAt: at(index + 1),
    })),
    waits: [],
    eventsEmittedAt: {},
    now: at(45),
  };
  const run = {
    workflowRunId: RUN,
    rootTaskId: taskId,
    rootState,
    status: ended ? rootState : "running",
  };
  // Only the members that the function uses.
  const detail = { run, tasks: [root], records: {}, now: at(45) } as unknown as WorkflowRunDetail;
  const histories = [{ detail: root, timeline: buildTimeline(root) }];
  const states = workAtOnce(computeOperatorStates(parsed, graph, detail, histories));
  return Object.fromEntries([...states].map(([path, status]) => [path, status]));
}

const words = (states: ReturnType<typeof derive>) =>
  Object.fromEntries(Object.entries(states).map(([path, { state }]) => [path, state]));

test("recorded operators have ended, the next one runs, the rest is pending", () => {
  expect(words(derive("running", []))).toMatchObject({ fetch: "running", level: "pending" });
  expect(words(derive("running", ["fetch"]))).toMatchObject({
    fetch: "completed",
    level: "running",
    approve: "pending",
    notify: "pending",
  });
});

test("the targets that a switch did not choose are not taken", () => {
  expect(words(derive("running", ["fetch", "level", "approve"]))).toMatchObject({
    approve: "completed",
    review: "skipped",
    each: "running",
  });
});

test("rounds of a loop are counted, and the loop runs until its own result is recorded", () => {
  const rounds = ["each[0]/pick", "each[0]/pack", "each[1]/pick"];
  const states = derive("running", ["fetch", "level", "approve", ...rounds]);
  expect(words(states)).toMatchObject({ each: "running", "each/pick": "completed" });
  expect(states["each/pick"]?.results).toBe(2);
  expect(words(derive("running", ["fetch", "level", "approve", ...rounds, "each"]))).toMatchObject({
    each: "completed",
    notify: "running",
  });
});

test("attempts are counted, including a failure recorded by the interpreter", () => {
  const retried = derive("running", ["fetch/attempt/1", "fetch/retry/1"]);
  expect(retried.fetch).toMatchObject({ state: "running", attempts: 2 });
  const failed = derive("failed", ["fetch/attempt/1", "fetch/retry/1", "fetch/failed"]);
  expect(failed.fetch).toMatchObject({ state: "failed", attempts: 2 });
  expect(words(failed)).toMatchObject({ level: "upstream_failed", notify: "upstream_failed" });
});

test("names are resolved by path, round, attempt, handled operator, bare id and display name", () => {
  const resolve = createResolver(graph.nodes);
  const read = (name: string) => {
    const step = resolve(name);
    return step && [step.path, step.instance, step.note];
  };
  expect(read("each[2]/pick~3/failed")).toEqual(["each/pick", "each[2]/pick", "failed"]);
  expect(read("each~2[1]/pick")).toEqual(["each/pick", "each~2[1]/pick", ""]);
  expect(read("each[2]")).toEqual(["each", "each", "round"]);
  expect(read("each/items")).toEqual(["each", "each", "items"]);
  expect(read("fetch@level@each")).toEqual(["fetch", "fetch@level@each", ""]);
  expect(read("fetch/attempt/2")).toEqual(["fetch", "fetch", "attempt/2"]);
  expect(read("pick#3")).toEqual(["each/pick", "each[2]/pick", ""]);
  expect(read("order__1__notify")).toEqual(["notify", "notify", ""]);
  expect(read("$awaitEvent:review")).toEqual(["review", "review", ""]);
  expect(read("something else")).toBeUndefined();
});
