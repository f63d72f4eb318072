/** Guards, terminate, choices and deadlines: what version 2.2 of the language adds to a run. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { createQueue } from "../../absurd/queues/queues.ts";
import { getWorkflowRunTasks } from "../../absurd/workflow-runs/tasks.ts";
import { getWorkflowRun } from "../../absurd/workflow-runs/workflow-runs.ts";
import type { Json } from "../../model/json.ts";
import { WorkflowBuilder } from "../builder/workflow-builder.ts";
import { replayRun } from "../machine/replay.ts";
import { Bench } from "../testing/bench.ts";
import type { FunctionCall, WorkflowFunction } from "./functions.ts";
import { getRunRecords } from "./run-records.ts";

let database: TestDatabase;
let queues = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const flow = (options = {}) => new WorkflowBuilder("flow", options);

type End = {
  status: string;
  result: Json;
  error?: Record<string, Json>;
  operators: Record<string, string>;
};

/** Runs a workflow to its end; the replay shows the states that the run reports. */
async function finish(
  builder: WorkflowBuilder,
  functions: Record<string, WorkflowFunction> = {},
  inputs: Record<string, Json> = {},
) {
  const queue = `features ${++queues}`;
  await createQueue(database.pool, queue);
  const echo: WorkflowFunction = ({ args }) => args;
  const bench = new Bench(database.pool, queue, { functions: { echo, ...functions } });
  const workflow = builder.build({ check: false });
  const { taskId, workflowRunId } = await bench.start(workflow, { inputs });
  const end = (await bench.finish(taskId)) as End;
  const row = await getWorkflowRun(database.pool, workflowRunId);
  const tasks = await getWorkflowRunTasks(database.pool, workflowRunId);
  const traces = replayRun(
    workflow,
    await getRunRecords(database.pool, queue, null),
    end.operators,
  );
  const shown = [...traces.values()].filter(({ isSuperseded }) => !isSuperseded);
  for (const { instance, state } of shown)
    if (instance in end.operators)
      expect({ instance, state }).toEqual({ instance, state: end.operators[instance] });
  return { end, row, tasks, workflowRunId };
}

describe.concurrent("guards", () => {
  test("an unmet precondition fails the operator at once, and nothing is called", async () => {
    const calls: string[] = [];
    const { end } = await finish(
      flow()
        .task("a", "echo", { args: [5] })
        .task("b", "note")
        .retry({ maxRetries: 3, delay: 1 })
        .precondition("{{ a }}", "equals", [6], "{{ a }} is not six")
        .onFailure("h")
        .task("h", "echo", { args: ["{{ error_message }}"] }),
      { note: ({ path }) => calls.push(path) },
    );
    expect(calls).toEqual([]);
    expect(end).toMatchObject({
      status: "failed",
      error: {
        task: "b",
        type: "PreconditionFailed",
        message: "[5] is not six",
        guard: { variable: "{{ a }}", check: "equals" },
      },
      operators: { b: "failed", h: "completed" },
    });
  });

  test("an unmet postcondition fails the attempt, which is retried by the policy", async () => {
    const { end } = await finish(
      flow()
        .task("a", "count")
        .retry({ maxRetries: 3, delay: 0.05, backoffFactor: 1 })
        .postcondition("result", "in_range", [3, 5])
        .task("b", "echo", { args: ["{{ a }}"] }),
      { count: ({ attempt }) => attempt },
    );
    expect(end).toMatchObject({ status: "completed", result: [3] });
  });

  test("operators of other kinds have postconditions too", async () => {
    const { end } = await finish(
      flow()
        .foreach("each", "[1, 2]", (body) => body.task("i", "echo", { args: ["{{ item }}"] }))
        .postcondition("{{ result }}", "equals", [[1], [3]])
        .task("after", "echo"),
    );
    expect(end).toMatchObject({
      status: "failed",
      error: { task: "each", type: "PostconditionFailed" },
      operators: { each: "failed", after: "upstream_failed" },
    });
  });

  test("the guards of an activity are checked in its own task", async () => {
    const { end } = await finish(
      flow()
        .activity("a", "echo", { args: [1] })
        .postcondition("result", "type_check", "dict"),
    );
    expect(end.error).toMatchObject({ task: "a", type: "PostconditionFailed" });
  });

  test("the run continues if a postcondition of an event's payload is met", async () => {
    const { end } = await finish(
      flow()
        .emitEvent("tell", "told:{{ run.id }}", { payload: { ok: true } })
        .waitForEvent("hear", "told:{{ run.id }}", { timeoutSeconds: 60 })
        .postcondition("hear.ok", "equals", "true")
        .task("after", "echo", { args: ["{{ hear.ok }}"] }),
    );
    expect(end).toMatchObject({ status: "completed", result: [true] });
  });
});

describe.concurrent("terminate", () => {
  test.each(["completed", "failed", "cancelled"] as const)(
    "ends the run as %s, without handlers",
    async (status) => {
      const calls: string[] = [];
      const note = ({ path }: FunctionCall) => calls.push(path);
      const { end, row } = await finish(
        flow()
          .task("a", "echo", { args: [7] })
          .terminate("stop", {
            status,
            result: { seven: "{{ a[0] }}" },
            reason: "enough of {{ a[0] }}",
            onSuccess: "h",
            onFailure: "h",
          })
          .task("after", "note")
          .task("h", "note"),
        { note },
      );
      expect(calls).toEqual([]);
      expect(end.operators).toEqual({
        a: "completed",
        stop: "completed",
        after: "skipped",
        h: "skipped",
      });
      expect(end.status).toBe(status);
      expect(row?.status).toBe(status);
      if (status === "completed") expect(row?.result).toEqual({ seven: 7 });
      else
        expect(row?.error).toEqual({
          type: "Terminated",
          message: "enough of 7",
          details: { seven: 7 },
          operator: "stop",
        });
    },
  );

  test("ends the run out of a loop, and aborts a concurrent function", async () => {
    let signal: AbortSignal | undefined;
    const { end } = await finish(
      flow()
        .task("a", "echo")
        .foreach("each", "[1, 2]", (body) => body.terminate("stop", { reason: "{{ item }}" }))
        .task("slow", "hang", { dependencies: ["a"] })
        .task("after", "echo", { dependencies: ["each", "slow"] }),
      {
        hang: (call) => {
          signal = call.signal;
          return new Promise(() => {});
        },
      },
    );
    expect(end).toMatchObject({
      status: "completed",
      operators: {
        each: "skipped",
        "each[0]/stop": "completed",
        slow: "skipped",
        after: "skipped",
      },
    });
    expect(signal?.aborted).toBe(true);
  });

  test("ends the run out of a branch, and cancels the other parts", async () => {
    const { end, row, tasks } = await finish(
      flow()
        .parallel("p", {
          l: (left) => left.waitForEvent("never", "never"),
          r: (right) => right.terminate("stop", { status: "failed", reason: "no" }),
        })
        .task("after", "echo"),
    );
    expect(end).toMatchObject({ status: "failed", operators: { p: "skipped", after: "skipped" } });
    expect(row?.error).toMatchObject({ type: "Terminated", operator: "p.r/stop" });
    expect(tasks.map(({ state }) => state).sort()).toEqual(["cancelled", "completed", "completed"]);
  }, 30_000);

  test("a template that fails makes the operator fail instead", async () => {
    const { end } = await finish(flow().terminate("stop", { reason: "{{ nothing }}" }));
    expect(end.error).toMatchObject({ task: "stop", type: "TemplateError" });
  });
});

describe.concurrent("choices", () => {
  const choice = (options = {}) =>
    flow()
      .multiChoice(
        "c",
        {
          small: {
            when: "{{ inputs.n }} < 10",
            do: (then) => then.task("s", "echo", { args: ["s"] }),
          },
          even: {
            when: "{{ inputs.n }} in [2, 4, 12]",
            do: (then) => then.task("e", "echo", { args: ["e"] }),
          },
        },
        options,
      )
      .join("j", ["s", "e"], "all_success")
      .task("after", "echo", { args: ["{{ c.chosen }}"] });

  test.each([
    [2, ["even", "small"], { "c.small/s": "completed", "c.even/e": "completed" }],
    [3, ["small"], { "c.small/s": "completed", "c.even/e": "skipped" }],
  ])("%i runs %j", async (n, chosen, operators) => {
    const { end } = await finish(choice(), {}, { n });
    expect(end).toMatchObject({ status: "completed", result: [chosen], operators });
  });

  test("fewer branches than the minimum fail the choice", async () => {
    const { end } = await finish(choice(), {}, { n: 11 });
    expect(end.error).toMatchObject({ task: "c", type: "TooFewBranches", chosen: [], minimum: 1 });
  });

  test("no chosen branch is enough if the minimum is zero", async () => {
    const { end } = await finish(choice({ minimumBranches: 0 }), {}, { n: 11 });
    expect(end).toMatchObject({ status: "completed", operators: { c: "completed", j: "skipped" } });
  });

  test("branches without workflows are routing targets, several of which are chosen", async () => {
    const workflow = flow()
      .task("a", "echo", { root: true })
      .task("b", "echo", { root: true })
      .task("d", "echo", { root: true });
    const built = choice().build({ check: false });
    const operator = built.tasks.c;
    if (operator?.operator_type !== "multi_choice") throw new Error("no choice");
    const document = workflow.build({ check: false });
    document.start_task = "c";
    document.tasks = {
      c: {
        ...operator,
        branch_workflows: {},
        branches: {
          one: { condition: "true", tasks: ["a"] },
          two: { condition: "1 == 1", tasks: ["b"] },
          three: { condition: "false", tasks: ["d"] },
        },
      },
      ...document.tasks,
    };
    const { end } = await finish({ build: () => document } as unknown as WorkflowBuilder);
    expect(end).toMatchObject({
      status: "completed",
      operators: { c: "completed", a: "completed", b: "completed", d: "skipped" },
    });
  });
});

describe.concurrent("deadlines", () => {
  test.each([
    ["fail", "failed"],
    ["cancel", "cancelled"],
  ] as const)("%s: a function is aborted, and the run %s", async (deadlineAction, status) => {
    let signal: AbortSignal | undefined;
    const { end, row } = await finish(
      flow({ deadlineSeconds: 3, deadlineAction })
        .task("a", "echo")
        .task("slow", "hang", { onFailure: "h" })
        .task("h", "echo"),
      {
        hang: (call) => {
          signal = call.signal;
          return new Promise(() => {});
        },
      },
    );
    expect(end).toMatchObject({
      status,
      error: { type: "DeadlineExceeded" },
      operators: { a: "completed", slow: "skipped", h: "skipped" },
    });
    expect(row).toMatchObject({ status, error: { type: "DeadlineExceeded" } });
    expect(signal?.aborted).toBe(true);
  });

  test("waits, sleeps and parts end with the run", async () => {
    const { row, tasks } = await finish(
      flow({ deadlineSeconds: 3 }).parallel("p", {
        l: (left) => left.waitForEvent("never", "never"),
        r: (right) => right.wait("hour", 3600),
      }),
    );
    expect(row).toMatchObject({ status: "failed", error: { type: "DeadlineExceeded" } });
    expect(tasks.map(({ state }) => state).sort()).toEqual(["cancelled", "cancelled", "completed"]);
  }, 30_000);
});

describe.concurrent("reflexive operators", () => {
  const draft = (options = {}) =>
    flow()
      .reflexive("r", "write", "judge", {
        generatorKwargs: { prompt: "{{ inputs.topic }}" },
        verifierKwargs: { strict: true },
        correctionPromptTemplate:
          "{{ prompt }}, but {{ feedback }} ({{ turn }}, {{ verification.score }})",
        maxTurns: 3,
        ...options,
      })
      .task("after", "echo", { args: ["{{ r.output }}", "{{ r.turns }}"] });

  test("generate again, with the feedback, until the verifier accepts", async () => {
    const generations: Json[] = [];
    const verifications: Json[] = [];
    const { end } = await finish(
      draft(),
      {
        write: ({ kwargs, idempotencyKey }) => {
          generations.push({ ...kwargs, key: idempotencyKey.replace(/^[^:]*/, "") });
          return `draft ${generations.length}`;
        },
        judge: ({ kwargs }) => {
          verifications.push(kwargs);
          return { passed: verifications.length > 1, message: "shorter", score: 4 };
        },
      },
      { topic: "cats" },
    );
    expect(end).toMatchObject({ status: "completed", result: ["draft 2", 2] });
    expect(generations).toEqual([
      { prompt: "cats", key: ":r:1:g" },
      {
        prompt: "cats, but shorter (2, 4)",
        correction: {
          turn: 2,
          previous: "draft 1",
          feedback: "shorter",
          prompt: "cats, but shorter (2, 4)",
        },
        key: ":r:2:g",
      },
    ]);
    expect(verifications).toEqual([
      { strict: true, output: "draft 1", turn: 1 },
      { strict: true, output: "draft 2", turn: 2 },
    ]);
  });

  test("an output not accepted in the last turn fails the attempt; a retry starts over", async () => {
    let calls = 0;
    const { end } = await finish(
      draft({
        maxTurns: 2,
        correctionPromptTemplate: undefined,
        retryPolicy: { maxRetries: 1, delay: 0.05, backoffFactor: 1 },
      }),
      {
        write: () => ++calls,
        judge: () => {
          throw new Error("wrong");
        },
      },
      { topic: "" },
    );
    expect(calls).toBe(4);
    expect(end.error).toMatchObject({
      task: "r",
      type: "NotVerified",
      turns: 2,
      feedback: "wrong",
    });
  });

  test("a verifier without a verdict fails the operator without further turns", async () => {
    let calls = 0;
    const { end } = await finish(
      draft({ retryPolicy: { maxRetries: 3, delay: 0.05 } }),
      { write: () => ++calls, judge: () => "fine" },
      { topic: "" },
    );
    expect(calls).toBe(1);
    expect(end.error).toMatchObject({ task: "r", type: "BadVerdict" });
  });

  test("a generator that throws fails the attempt, and an unknown function the operator", async () => {
    const boom = () => {
      throw new RangeError("boom");
    };
    const { end } = await finish(draft(), { write: boom, judge: () => true }, { topic: "" });
    expect(end.error).toMatchObject({ task: "r", type: "RangeError", message: "boom" });
    const other = await finish(draft(), { write: () => 1 }, { topic: "" });
    expect(other.end.error).toMatchObject({ task: "r", type: "UnknownFunction" });
  });
});

describe.concurrent("a task that waits for the branches of a parallel", () => {
  const branches = (name: string) => ({
    fast: (b: WorkflowBuilder) => b.task(`${name}_fast`, "echo"),
    slow: (b: WorkflowBuilder) =>
      b.waitForEvent(`${name}_word`, "never").task(`${name}_late`, "echo"),
  });

  test.each([
    ["its own limit", { timeoutSeconds: 1 }, {}],
    ["the parallel's limit if that is smaller", { timeoutSeconds: 300 }, { timeout: 1 }],
  ])("fails by %s, and its handler runs", async (_, { timeoutSeconds }, parallel) => {
    const { end, tasks } = await finish(
      flow()
        .parallelWithJoin("fork", branches("fork"), { timeoutSeconds, ...parallel })
        .onFailure("sorry")
        .task("after", "echo")
        .task("sorry", "echo", { root: true }),
    );
    expect(end).toMatchObject({
      status: "failed",
      error: { task: "fork_join", type: "TimeoutError" },
      operators: {
        fork: "completed",
        fork_join: "failed",
        after: "upstream_failed",
        sorry: "completed",
        "fork.fast/fork_fast": "completed",
      },
    });
    const states = tasks.map(({ state }) => state).toSorted();
    expect(states).toEqual(["cancelled", "completed", "completed"]);
  });

  test("receives the results of branches that end in time", async () => {
    const { end } = await finish(
      flow().parallelWithJoin("fork", { one: (b) => b.task("a", "echo", { args: [1] }) }),
    );
    expect(end).toMatchObject({ status: "completed", result: { one: [1] } });
  });

  test("applies the same limit inside a loop", async () => {
    const { end } = await finish(
      flow().foreach("each", "[1]", (body) =>
        body.parallelWithJoin("fork", branches("in"), { timeoutSeconds: 1 }),
      ),
    );
    expect(end).toMatchObject({
      status: "failed",
      operators: { "each[0]/fork": "completed", "each[0]/fork_join": "failed" },
    });
  });
});
