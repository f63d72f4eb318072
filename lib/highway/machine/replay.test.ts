/** Replays what the interpreter wrote: at its end, and after each earlier execution. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { createQueue } from "../../absurd/queues/queues.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { WorkflowBuilder } from "../builder/workflow-builder.ts";
import type { Workflow } from "../model/workflow.ts";
import { cancelWorkflowRun } from "../run/cancel.ts";
import type { FunctionCall } from "../run/functions.ts";
import { getRunRecords } from "../run/run-records.ts";
import { Bench, playFunctions } from "../testing/bench.ts";
import { buildEverything, EVERYTHING_INPUTS, playEverything } from "../testing/everything.ts";
import { SCENARIOS, stage } from "../testing/scenarios.ts";
import type { OperatorTrace } from "./replay.ts";
import { replayInTurns, replayRun } from "./replay.ts";

let database: TestDatabase;
let queues = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

type Play = (id: string, call: FunctionCall) => unknown;
type Wake = (event: string) => "time out" | Json | undefined;
type Moment = Record<string, OperatorTrace["state"]>;

/** Runs a workflow to its end, and replays it after each execution of a task. */
async function watch(workflow: Workflow, play: Play, inputs: JsonObject = {}, wake?: Wake) {
  const queue = `trace ${++queues}`;
  await createQueue(database.pool, queue);
  const functions = playFunctions(workflow, play);
  const bench = new Bench(database.pool, queue, { functions, lenient: true });
  const moments: Moment[] = [];
  const look = async () => {
    const traces = replayRun(workflow, await getRunRecords(database.pool, queue, null));
    const current = [...traces].filter(([, { isSuperseded }]) => !isSuperseded);
    // The interpreter reports a handler once, even if it handled several operators.
    moments.push(
      Object.fromEntries(current.map(([at, { state }]) => [at.replace(/@.*/, ""), state])),
    );
    return traces;
  };
  bench.afterExecution = look;
  const { taskId } = await bench.start(workflow, { inputs });
  const result = (await bench.finish(taskId, wake)) as { operators: Moment };
  const traces = await look();
  return { result, traces, moments };
}

/** An ended operator keeps its state, unless a later attempt of its surroundings replaced it. */
function expectSteady(moments: Moment[], end: Moment): void {
  for (const moment of moments)
    for (const [at, state] of Object.entries(moment))
      if (at in end && ["completed", "failed", "skipped", "upstream_failed"].includes(state))
        expect({ at, state }).toEqual({ at, state: end[at] });
}

describe.concurrent("the interpreter's final states follow from its records alone", () => {
  test.each(SCENARIOS)("$workflow: $scenario", async (scenario) => {
    const { workflow, play, wake } = stage(scenario);
    const { result, moments } = await watch(workflow, play, scenario.inputs, wake);
    expect(moments.at(-1)).toEqual(result.operators);
    expectSteady(moments, result.operators);
  });

  test("every kind of operator", async () => {
    const { result, traces, moments } = await watch(
      buildEverything(),
      playEverything,
      EVERYTHING_INPUTS,
    );
    expect(moments.at(-1)).toEqual(result.operators);
    expectSteady(moments, result.operators);
    expect(traces.get("shaky")).toMatchObject({ state: "completed", attempts: 3 });
    expect(traces.get("beside.left/each_line")).toMatchObject({ rounds: { done: 2, total: 2 } });
    expect(traces.get("until_synced")).toMatchObject({ rounds: { done: 2, total: 2 } });
    expect(traces.get("beside.left/each_line[1]/pick")?.path).toBe("beside.left/each_line/pick");
    expect(traces.get("by_size")?.chosen).toBe("ship_large");
    expect(traces.get("last_try")).toMatchObject({
      state: "failed",
      isHandled: true,
      failure: { message: "no more" },
    });
  });

  const flow = () => new WorkflowBuilder("flow");
  const cases: Record<string, { flow: WorkflowBuilder; play?: Play; wake?: Wake }> = {
    "a loop that is retried from the start": {
      flow: flow()
        .foreach("each", "[1, 2]", (body) => body.task("one", "one").task("two", "two"), {
          retryPolicy: { maxRetries: 1, delay: 1 },
        })
        .task("after", "after"),
      play: (id, { path: at }) => {
        if (id === "two" && at === "each[1]/two") throw new Error("not yet");
        return id;
      },
    },
    "branches that are retried": {
      flow: flow().parallel(
        "p",
        {
          left: (left) => left.task("good", "good").wait("rest", 5),
          right: (right) => right.task("bad", "bad"),
        },
        { retryPolicy: { maxRetries: 1, delay: 1 } },
      ),
      play: (id) => {
        if (id === "bad") throw new Error("no");
        return id;
      },
    },
    "parallel items, one of which fails": {
      flow: flow()
        .foreach("each", "[1, 2, 3]", (body) => body.task("work", "work").task("then", "then"), {
          parallel: true,
        })
        .task("never", "never"),
      play: (id, { path: at }) => {
        if (at === "each[1]/work") throw new Error("no");
        return id;
      },
    },
    "an event that is never emitted, awaited twice, and handled": {
      flow: flow()
        .waitForEvent("hear", "silence", {
          timeoutSeconds: 60,
          retryPolicy: { maxRetries: 1, delay: 1 },
          onFailure: "shrug",
        })
        .task("go_on", "go_on")
        .task("shrug", "shrug"),
      wake: () => "time out",
    },
    "one handler for two": {
      flow: flow()
        .task("a", "fail", { onFailure: "h" })
        .task("b", "fail", { root: true, onFailure: "h" })
        .task("h", "h")
        .task("last", "last", { dependencies: ["a", "b"], triggerRule: "all_done" }),
      play: (id) => {
        if (id === "a" || id === "b") throw new Error("no");
        return id;
      },
    },
    "a handler outside the loop": {
      flow: flow()
        .task("begin", "begin")
        .foreach("each", "[1]", (body) => body.task("inner", "inner", { onFailure: "outer" }), {
          dependencies: ["begin"],
        })
        .task("outer", "outer", { dependencies: ["begin"] }),
      play: (id) => {
        if (id === "inner") throw new Error("no");
        return id;
      },
    },
    "a fork that continues before its branches end": {
      flow: flow()
        .parallel(
          "p",
          { l: (left) => left.wait("rest", 30).task("slow", "slow") },
          { resultKey: "fork" },
        )
        .task("sibling", "sibling", { dependencies: ["p"] })
        .task("wait", "tools.workflow.wait_for_parallel_branches", {
          dependencies: ["p", "sibling"],
          args: ["{{ fork }}"],
        }),
    },
    "nothing to do in a loop": {
      flow: flow()
        .foreach("none", "[]", (body) => body.task("inner", "inner"))
        .whileLoop("never", "false", (body) => body.task("round", "round"))
        .task("end", "end"),
    },
  };
  test.each(Object.entries(cases))("%s", async (_, { flow, play = (id) => id, wake }) => {
    const { result, moments } = await watch(flow.build(), play, {}, wake);
    expect(moments.at(-1)).toMatchObject(result.operators);
    expectSteady(moments, result.operators);
  });

  test("a cancelled run: started operators are cancelled, the rest did not run", async () => {
    const queue = `trace ${++queues}`;
    await createQueue(database.pool, queue);
    const workflow = flow()
      .task("first", "first")
      .parallel("p", {
        hear: (branch) => branch.waitForEvent("never", "never"),
        rest: (branch) => branch.wait("hour", 3600),
        retry: (branch) =>
          branch.task("fail", "fail", { retryPolicy: { maxRetries: 1, delay: 3600 } }),
      })
      .task("last", "last")
      .build();
    const functions = playFunctions(workflow, (id) => {
      if (id === "fail") throw new Error("no");
      return id;
    });
    const bench = new Bench(database.pool, queue, { functions });
    const { workflowRunId } = await bench.start(workflow);
    for (let count = 0; count < 6; count++) await bench.app.workBatch("bench", 60, 1);
    const states = async () =>
      Object.fromEntries(
        [...replayRun(workflow, await getRunRecords(database.pool, queue, null))].map(
          ([at, { state }]): [string, string] => [at, state],
        ),
      );
    expect(await states()).toEqual({
      first: "completed",
      p: "sleeping",
      "p.hear/never": "sleeping",
      "p.rest/hour": "sleeping",
      "p.retry/fail": "sleeping",
      last: "pending",
    });
    await cancelWorkflowRun(database.pool, queue, workflowRunId);
    expect(await states()).toEqual({
      first: "completed",
      p: "cancelled",
      "p.hear/never": "cancelled",
      "p.rest/hour": "cancelled",
      "p.retry/fail": "cancelled",
      last: "skipped",
    });
  });
});

test("the replay of a large workflow pauses at each of its operators", () => {
  const builder = new WorkflowBuilder("long");
  for (let n = 0; n < 300; n++) builder.task(`step_${n}`, "f");
  const entries = new Map(Array.from({ length: 300 }, (_, n) => [`step_${n}`, { at: n }]));
  const records = {
    entries,
    parts: new Map(),
    root: "completed",
    now: 300,
    isComplete: true,
  } as const;
  const replay = replayInTurns(builder.build({ check: false }), records);
  let pauses = 0;
  let step = replay.next();
  for (; !step.done; step = replay.next()) pauses++;
  expect([...step.value.values()].map(({ state }) => state)).toEqual(Array(300).fill("completed"));
  expect(pauses).toBeGreaterThanOrEqual(300);
});
