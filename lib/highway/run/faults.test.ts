/**
 * Faulty definitions and functions: the operator fails, the run ends, and no function runs more often than its
 * retries permit.
 */
import { cp, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type * as Sdk from "absurd-sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { call, queueTable } from "../../absurd/connection/sql.ts";
import { createQueue } from "../../absurd/queues/queues.ts";
import { getTaskResult } from "../../absurd/tasks/tasks.ts";
import type { Json } from "../../model/json.ts";
import { WorkflowBuilder } from "../builder/workflow-builder.ts";
import { parseWorkflow } from "../language/parse.ts";
import { Bench } from "../testing/bench.ts";
import type { FunctionCall, WorkflowFunction } from "./functions.ts";
import { asStored } from "./journal.ts";
import { toFailure } from "./outcome.ts";
import { startWorkflow } from "./start.ts";
import { registerHighway } from "./worker.ts";

let database: TestDatabase;
let queues = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const flow = () => new WorkflowBuilder("flow");

type End = {
  status: string;
  result: Json;
  error?: { task: string; type: string; message: string };
  operators: Record<string, string>;
};

async function prepare(functions: Record<string, WorkflowFunction> = {}) {
  const queue = `faults ${++queues}`;
  await createQueue(database.pool, queue);
  const echo: WorkflowFunction = ({ args }) => args;
  return new Bench(database.pool, queue, { functions: { echo, ...functions } });
}

async function finish(bench: Bench, builder: WorkflowBuilder, inputs: Record<string, Json> = {}) {
  const { taskId } = await bench.start(builder.build({ check: false }), { inputs });
  return (await bench.finish(taskId)) as End;
}

/** A function that fails, and the paths under which it was called. */
function failing() {
  const calls: string[] = [];
  const fail = ({ path: at }: FunctionCall) => {
    calls.push(at);
    throw new Error(`${at} fails`);
  };
  return { calls, fail };
}

describe.concurrent("handlers", () => {
  test("handlers that name each other in a ring run once for each operator that names them", async () => {
    const { calls, fail } = failing();
    const end = await finish(
      await prepare({ fail }),
      flow()
        .task("pay", "fail", { onFailure: "chat" })
        .task("chat", "fail", { onFailure: "mail" })
        .task("mail", "fail", { onFailure: "chat" }),
    );
    expect(calls).toEqual(["pay", "chat@pay", "mail", "chat@mail"]);
    expect(end).toMatchObject({ status: "failed", error: { task: "pay" } });
  });

  test("an operator that is its own handler runs once more", async () => {
    const { calls, fail } = failing();
    const end = await finish(
      await prepare({ fail }),
      flow().task("a", "echo").task("b", "fail", { onFailure: "b" }),
    );
    expect(calls).toEqual(["b", "b@b"]);
    expect(end.status).toBe("failed");
  });

  test("a ring of success handlers ends", async () => {
    const calls: string[] = [];
    const note = ({ path: at }: FunctionCall) => calls.push(at);
    const end = await finish(
      await prepare({ note }),
      flow()
        .task("a", "note", { onSuccess: "b" })
        .task("b", "note", { onSuccess: "c" })
        .task("c", "note", { onSuccess: "b" }),
    );
    expect(calls).toEqual(["a", "b@a", "c", "b@c"]);
    expect(end.status).toBe("completed");
  });

  test("an operator does not handle operators inside it, and a ring across scopes ends", async () => {
    const { calls, fail } = failing();
    const end = await finish(
      await prepare({ fail }),
      flow()
        .parallel("p", { one: (branch) => branch.task("x", "fail", { onFailure: "h" }) })
        .task("h", "fail", { onFailure: "p", root: true }),
    );
    expect(calls.filter((at) => at.endsWith("/h") || at === "h")).toEqual(["p.one/h"]);
    expect(end).toMatchObject({ status: "failed", error: { task: "p" } });
  });

  test("a start task runs even if it is the handler of another operator", async () => {
    const calls: string[] = [];
    const note = ({ path: at }: FunctionCall) => calls.push(at);
    const end = await finish(
      await prepare({ note }),
      flow().task("a", "note", { onFailure: "b" }).task("b", "note", { onSuccess: "a" }),
    );
    expect(calls).toEqual(["a"]);
    expect(end).toMatchObject({ status: "completed", operators: { a: "completed", b: "skipped" } });
  });

  test("a run without operators fails", async () => {
    expect(await finish(await prepare(), flow())).toMatchObject({
      status: "failed",
      error: { type: "NothingRan", message: "The workflow has no operators." },
    });
  });

  test("a run in which nothing could start fails", async () => {
    const bench = await prepare();
    const workflow = flow()
      .task("a", "echo", { onSuccess: "b" })
      .task("b", "echo", { onSuccess: "a", root: true })
      .build({ check: false });
    workflow.start_task = null;
    const { taskId } = await bench.start(workflow);
    expect(await bench.finish(taskId)).toMatchObject({
      status: "failed",
      error: { type: "NothingRan" },
    });
  });
});

test.concurrent("parts carry only the names that they use", async () => {
  const items = Array.from({ length: 50 }, (_, id) => ({ id, text: "x".repeat(1000) }));
  const bench = await prepare({ load: () => items });
  await finish(
    bench,
    flow()
      .task("load", "load")
      .foreach(
        "each",
        "{{ load }}",
        (body) => body.task("use", "echo", { args: ["{{ item.id }}"] }),
        {
          parallel: true,
        },
      ),
  );
  const [sizes] = await call<{ most: number }>(
    database.pool,
    `select max(length(params::text)) as most from ${queueTable("t", bench.queue)}
      where task_name = 'highway.workflow.part'`,
  );
  expect(sizes?.most).toBeLessThan(2_000);
});

describe.concurrent("an error fails its operator, and its handler runs", () => {
  class Odd extends Error {
    override get name(): string {
      return { odd: true } as unknown as string;
    }
  }
  const cases: Record<string, [WorkflowBuilder, Record<string, WorkflowFunction>?]> = {
    "an empty event name": [flow().emitEvent("a", "{{ inputs.empty }}")],
    "an event name of 8 kB": [flow().emitEvent("a", "{{ inputs.long }}")],
    "an awaited event without a name": [flow().waitForEvent("a", "{{ inputs.empty }}")],
    "an awaited event of 8 kB": [flow().waitForEvent("a", "{{ inputs.long }}")],
    "a timeout beyond all dates": [
      flow().waitForEvent("a", "silence", { timeoutSeconds: 9_999_999_999_999 }),
    ],
    "a message with U+0000": [
      flow().task("a", "throw"),
      {
        throw: () => {
          throw new Error("zero \0 and half \ud83d");
        },
      },
    ],
    "an error whose name is an object": [
      flow().task("a", "throw"),
      {
        throw: () => {
          throw new Odd("odd");
        },
      },
    ],
    "a value with U+0000": [flow().task("a", "zero"), { zero: () => "zero \0" }],
  };
  test.each(Object.entries(cases))("%s", async (_, [builder, functions]) => {
    const handled: Json[] = [];
    const bench = await prepare({ ...functions, handle: ({ args }) => handled.push(args) });
    const workflow = builder.build({ check: false });
    const operator = workflow.tasks.a;
    if (!operator) throw new Error("no operator a");
    operator.on_failure_task_id = "h";
    const { tasks } = flow()
      .task("h", "handle", { args: ["{{ failed_task_id }}"] })
      .build();
    Object.assign(workflow.tasks, tasks);
    const inputs = { empty: "", long: randomText(8_000) };
    const { taskId } = await bench.start(workflow, { inputs });
    expect(await bench.finish(taskId)).toMatchObject({
      status: "failed",
      error: { task: "a" },
      operators: { a: "failed", h: "completed" },
    });
    expect(handled).toEqual([["a"]]);
  });
});

/** Text that does not compress. */
function randomText(length: number): string {
  return Array.from({ length }, () => Math.random().toString(36).slice(2, 3)).join("");
}

describe.concurrent("paths in templates", () => {
  test.each([
    ["{{ files.length }}", 2],
    ["{{ files[-1] }}", "b"],
    ["{{ files.0 }}", "a"],
  ])("%s is %j", async (template, value) => {
    const bench = await prepare({ load: () => ["a", "b"] });
    const end = await finish(
      bench,
      flow()
        .task("files", "load")
        .task("use", "echo", { args: [template] }),
    );
    expect(end.result).toEqual([value]);
  });

  test("a name on a list is unknown", async () => {
    const bench = await prepare({ load: () => ["a", "b"] });
    const end = await finish(
      bench,
      flow()
        .task("files", "load")
        .task("use", "echo", { args: ["{{ files.nmae }}"] }),
    );
    expect(end.error).toMatchObject({ task: "use", type: "TemplateError" });
  });

  test("null is a value", async () => {
    const bench = await prepare({ nothing: () => null });
    const end = await finish(
      bench,
      flow()
        .activity("act", "nothing")
        .foreach("each", "[1, null, 3]", (body) =>
          body.task("use", "echo", { args: ["{{ item }}"] }),
        )
        .task("last", "echo", { args: ["{{ act.result }}", "{{ each }}"] }),
      { item: "an input" },
    );
    expect(end.result).toEqual([null, [[1], [null], [3]]]);
  });
});

describe.concurrent("functions receive copies of recorded values", () => {
  test("a function that modifies its argument changes nothing else", async () => {
    const bench = await prepare({
      make: () => ({ n: 1 }),
      change: ({ args }) => {
        (args[0] as { n: number }).n = 2;
      },
    });
    const end = await finish(
      bench,
      flow()
        .task("a", "make")
        .task("b", "change", { args: ["{{ a }}"] })
        .task("c", "echo", { args: ["{{ a.n }}"] }),
    );
    expect(end.result).toEqual([1]);
  });

  test.each([
    ["a date", () => new Date(0)],
    ["a map", () => new Map([["a", 1]])],
    ["a large number", () => 2 ** 70],
    ["keys in another order", () => ({ bb: 1, a: { z: 1, y: 2 } })],
  ])("%s is the same with and without a pause", async (_, make) => {
    const run = async (pause: boolean) => {
      const bench = await prepare({ make, type: ({ args }) => describeType(args[0] ?? null) });
      const start = flow().task("a", "make");
      const then = pause ? start.wait("w", 0.05) : start;
      return finish(bench, then.task("b", "type", { args: ["{{ a }}"] }));
    };
    expect((await run(true)).result).toEqual((await run(false)).result);
  });
});

function describeType(value: Json): string {
  return `${typeof value} ${typeof value === "bigint" ? value : JSON.stringify(value)}`;
}

test("a stored value is a copy with the keys in the order of jsonb", () => {
  const value = { bb: 1, a: [{ zz: -0, é: 1 }] };
  const stored = asStored(value);
  expect(JSON.stringify(stored)).toBe('{"a":[{"zz":0,"é":1}],"bb":1}');
  expect(stored).not.toBe(value);
});

test("anything that is thrown has a failure that can be stored", () => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error("no");
      },
    },
  );
  for (const thrown of [
    null,
    undefined,
    1n,
    Symbol("s"),
    hostile,
    Object.create(null),
    "x\0\ud83d",
  ])
    expect(() => JSON.parse(JSON.stringify(toFailure(thrown)))).not.toThrow();
  expect(toFailure("x\0\ud83d")).toEqual({ type: "Error", message: "x\uFFFD\uFFFD" });
});

describe.concurrent("an operator that would wait for a branch that waits for it", () => {
  const run = async (tasks: string) => {
    const { workflow } = parseWorkflow(`name: flow\nstart_task: route\ntasks:\n${tasks}`);
    if (!workflow) throw new Error("no workflow");
    const bench = await prepare();
    const { taskId } = await bench.start(workflow);
    return (await bench.finish(taskId)) as End;
  };
  const echo = "operator_type: task, function: echo";

  test("runs before a target that depends on it", async () => {
    const end = await run(`
  route: {task_id: route, operator_type: condition, condition: "1 == 1", if_true: small}
  prepare: {task_id: prepare, ${echo}, dependencies: [route]}
  small: {task_id: small, ${echo}, dependencies: [prepare]}
  after: {task_id: after, ${echo}, dependencies: [route]}`);
    expect(end.status).toBe("completed");
    expect(end.operators).toEqual({
      route: "completed",
      prepare: "completed",
      small: "completed",
      after: "completed",
    });
  });

  test("runs before a target of a second router whose end the first one's branch awaits", async () => {
    const end = await run(`
  route: {task_id: route, operator_type: condition, condition: "1 == 1", if_true: again}
  again: {task_id: again, operator_type: switch, switch_on: "{{ run.name }}", cases: {flow: last}, dependencies: [route]}
  prepare: {task_id: prepare, ${echo}, dependencies: [route]}
  last: {task_id: last, ${echo}, dependencies: [prepare]}
  both: {task_id: both, operator_type: join, join_tasks: [], dependencies: [again, route]}`);
    expect(end.operators).toEqual({
      route: "completed",
      again: "completed",
      prepare: "completed",
      last: "completed",
      both: "completed",
    });
  });
});

test("a worker of another copy of the SDK does not use up attempts when it sleeps", async () => {
  const folder = await mkdtemp(path.resolve("node_modules/.absurd-sdk-"));
  try {
    const original = path.resolve("node_modules/absurd-sdk");
    await cp(original, folder, { recursive: true, dereference: true });
    const copy: typeof Sdk = await import(
      /* @vite-ignore */ pathToFileURL(path.join(folder, "dist/index.js")).href
    );
    const queue = `faults ${++queues}`;
    await createQueue(database.pool, queue);
    const app = new copy.Absurd({ queueName: queue, db: database.pool });
    registerHighway(app, { db: database.pool, queue, functions: { echo: ({ args }) => args } });
    const workflow = flow().wait("w", 0.2).activity("a", "echo").build();
    const { taskId } = await startWorkflow(database.pool, queue, workflow);
    const isOver = async () => {
      await app.workBatch("copy", 60, 1);
      return (await getTaskResult(database.pool, queue, taskId))?.state === "completed";
    };
    await expect.poll(isOver, { timeout: 20_000, interval: 50 }).toBe(true);
    const attempts = await call<{ attempts: number }>(
      database.pool,
      `select attempts from ${queueTable("t", queue)}`,
    );
    expect(attempts).toEqual([{ attempts: 1 }, { attempts: 1 }]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
