/** Child workflows: separate runs that live and end with their parent. */
import { describe, expect, test } from "vitest";
import { openTestDatabase } from "@/testing/dashboard-database";
import { createQueue } from "../../absurd/queues/queues.ts";
import { getWorkflowRun, listWorkflowRuns } from "../../absurd/workflow-runs/workflow-runs.ts";
import type { Json } from "../../model/json.ts";
import { WorkflowBuilder } from "../builder/workflow-builder.ts";
import { Bench } from "../testing/bench.ts";
import { cancelWorkflowRun } from "./cancel.ts";
import type { WorkflowFunction } from "./functions.ts";
import { storeWorkflow } from "./store.ts";

const database = openTestDatabase();
let queues = 0;
const flow = (name: string) => new WorkflowBuilder(name);

async function prepare(functions: Record<string, WorkflowFunction> = {}) {
  const queue = `children ${++queues}`;
  await createQueue(database.pool, queue);
  const echo: WorkflowFunction = ({ args }) => args;
  return new Bench(database.pool, queue, { functions: { echo, ...functions } });
}

async function finish(bench: Bench, builder: WorkflowBuilder, options = {}) {
  const { taskId, workflowRunId } = await bench.start(builder.build(), options);
  const end = (await bench.finish(taskId)) as {
    status: string;
    result: Json;
    error?: Record<string, Json>;
  };
  return { end, workflowRunId };
}

async function store(builder: WorkflowBuilder, options = {}) {
  return storeWorkflow(database.pool, builder.build(), options);
}

const listChildren = async (parent: string) =>
  (await listWorkflowRuns(database.pool, { limit: 500 })).runs.filter(
    ({ parentWorkflowRunId }) => parentWorkflowRunId === parent,
  );

test("children run concurrently, with inputs, and their results are available by name", async () => {
  const id = await store(flow("ship_one").task("ship", "echo", { args: ["{{ inputs.parcel }}"] }));
  const bench = await prepare();
  const { end, workflowRunId } = await finish(
    bench,
    flow("parent")
      .task("load", "echo", { args: ["p1", "p2"] })
      .childWorkflows("ship", {
        one: { workflow_name: "ship_one", inputs: { parcel: "{{ load[0] }}" } },
        two: { workflow_name: "ship_one", inputs: { parcel: "{{ load[1] }}" } },
      })
      .task("last", "echo", { args: ["{{ ship.one.result[0] }}", "{{ ship.two.status }}"] }),
    { createdBy: "me", tenantId: "default" },
  );
  expect(end).toMatchObject({ status: "completed", result: ["p1", "completed"] });
  const children = await listChildren(workflowRunId);
  expect(children).toHaveLength(2);
  for (const child of children)
    expect(child).toMatchObject({
      status: "completed",
      createdBy: "me",
      definitionId: id,
      tenantId: "default",
    });
});

test("a failed child fails the operator once all have ended; a retry repeats only that child", async () => {
  let calls = 0;
  await store(flow("shaky_child").task("a", "shaky"));
  await store(flow("steady_child").task("a", "echo", { args: [1] }));
  const bench = await prepare({
    shaky: () => {
      calls += 1;
      if (calls === 1) throw new Error("not yet");
      return "now";
    },
  });
  const { end, workflowRunId } = await finish(
    bench,
    flow("parent").childWorkflows(
      "c",
      {
        bad: { workflow_name: "shaky_child", inputs: {} },
        good: { workflow_name: "steady_child", inputs: {} },
      },
      { retryPolicy: { maxRetries: 1, delay: 0.05, backoffFactor: 1 } },
    ),
  );
  expect(end).toMatchObject({
    status: "completed",
    result: {
      bad: { status: "completed", result: "now" },
      good: { status: "completed", result: [1] },
    },
  });
  expect(await listChildren(workflowRunId)).toHaveLength(3);
});

describe("an operator fails", () => {
  test.each([
    ["an unknown workflow", "nobody_stored_it", {}, "UnknownWorkflow"],
    ["a missing input", "needs_input", {}, "MissingInputs"],
    ["a child that fails", "fails_always", {}, "ChildFailed"],
  ])("%s", async (_, workflow_name, inputs, type) => {
    await store(flow("needs_input").task("a", "echo", { args: ["{{ inputs.x }}"] }));
    await store(flow("fails_always").task("a", "boom"));
    const bench = await prepare({
      boom: () => {
        throw new Error("boom");
      },
    });
    const { end } = await finish(
      bench,
      flow("parent").childWorkflow("c", workflow_name, { inputs }),
    );
    expect(end).toMatchObject({ status: "failed", error: { task: "c", type } });
  });

  test("a workflow that starts itself, at a depth of 20", async () => {
    await store(flow("endless").childWorkflow("again", "endless"));
    const { end } = await finish(
      await prepare(),
      flow("endless").childWorkflow("again", "endless"),
    );
    expect(end.error).toMatchObject({ type: "ChildFailed" });
    expect(String(end.error?.message)).toContain("nested more than 20 deep");
  }, 60_000);
});

test("children past their time limit are cancelled", async () => {
  await store(flow("slow_child").waitForEvent("never", "never"));
  const { end, workflowRunId } = await finish(
    await prepare(),
    flow("parent").childWorkflow("c", "slow_child", { timeoutSeconds: 1 }),
  );
  expect(end).toMatchObject({ error: { task: "c", type: "TimeoutError" } });
  expect(await listChildren(workflowRunId)).toMatchObject([{ status: "cancelled" }]);
}, 30_000);

test.each(["cancel", "terminate", "deadline"])(
  "%s of the parent reaches every depth",
  async (how) => {
    await store(
      flow("leaf").parallel("p", {
        l: (left) => left.wait("hour", 3600),
        r: (right) => right.waitForEvent("never", "never"),
      }),
    );
    await store(flow("middle").childWorkflow("c", "leaf"));
    const bench = await prepare();
    const options = how === "deadline" ? { deadlineSeconds: 5 } : {};
    const builder = new WorkflowBuilder("parent", options).childWorkflow("c", "middle");
    if (how === "terminate")
      builder.wait("w", 3, { root: true }).terminate("stop", { dependencies: ["w"] });
    const { taskId, workflowRunId } = await bench.start(builder.build());
    if (how === "cancel") {
      for (let count = 0; count < 8; count++) await bench.app.workBatch("bench", 60, 1);
      await cancelWorkflowRun(database.pool, bench.queue, workflowRunId);
    } else await bench.finish(taskId);
    const [middle] = await listChildren(workflowRunId);
    const [leaf] = await listChildren(middle?.workflowRunId ?? "");
    expect([middle?.status, leaf?.status]).toEqual(["cancelled", "cancelled"]);
    const { rows } = await database.pool.query(
      `select count(*)::int as open from absurd."t_${bench.queue}" where state in ('pending', 'running', 'sleeping')`,
    );
    expect(rows).toEqual([{ open: 0 }]);
    const status = { cancel: "cancelled", terminate: "completed", deadline: "failed" }[how];
    expect(await getWorkflowRun(database.pool, workflowRunId)).toMatchObject({ status });
  },
  60_000,
);
