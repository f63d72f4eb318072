/**
 * Operators inside another one whose handler is outside it, of the kinds whose inside or call is a separate task.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { createQueue } from "../../absurd/queues/queues.ts";
import { parseWorkflow } from "../language/parse.ts";
import { replayRun } from "../machine/replay.ts";
import { Bench } from "../testing/bench.ts";
import { getRunRecords } from "./run-records.ts";

let database: TestDatabase;
let queues = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const task = (id: string, fields: object = {}) => ({
  task_id: id,
  operator_type: "task",
  function: "note",
  ...fields,
});
const branch = (one: { task_id: string }) => ({
  name: "branch",
  version: "1",
  start_task: null,
  tasks: { [one.task_id]: one },
});
const bad = task("bad", { function: "boom", on_failure_task_id: "undo" });

const AROUND: Record<string, object> = {
  branch: {
    operator_type: "parallel",
    branches: {},
    branch_workflows: { left: branch(bad) },
  },
  round: { operator_type: "foreach", items: "[1]", parallel: true, loop_body: [bad] },
};
const HANDLERS: Record<string, object> = {
  activity: { operator_type: "activity", function: "note" },
  reflexive: { operator_type: "reflexive", generator: "note", verifier: "check", max_turns: 1 },
  parallel: {
    operator_type: "parallel",
    branches: {},
    branch_workflows: { x: branch(task("u")) },
  },
  "loop in parallel": {
    operator_type: "foreach",
    items: "[1, 2]",
    parallel: true,
    loop_body: [task("u")],
  },
};

test.each(
  Object.keys(AROUND).flatMap((place) => Object.keys(HANDLERS).map((kind) => [kind, place])),
)("a handler of kind %s runs for an operator inside a %s", async (kind, place) => {
  const p = { task_id: "p", ...AROUND[place] };
  const undo = { task_id: "undo", ...HANDLERS[kind] };
  const document = { name: "flow", version: "1", start_task: "p", tasks: { p, undo } };
  const { workflow } = parseWorkflow(JSON.stringify(document), { format: "json" });
  if (!workflow) throw new Error("not a workflow");
  const queue = `outer ${++queues}`;
  await createQueue(database.pool, queue);
  const boom = () => {
    throw new Error("boom");
  };
  const functions = { note: () => 1, check: () => true, boom };
  const bench = new Bench(database.pool, queue, { functions });
  const { taskId, workflowRunId } = await bench.start(workflow);
  const { operators } = (await bench.finish(taskId)) as { operators: Record<string, string> };

  const base = place === "branch" ? "p.left" : "p[0]";
  expect(operators).toMatchObject({ [`${base}/bad`]: "failed", [`${base}/undo`]: "completed" });
  const traces = replayRun(workflow, await getRunRecords(database.pool, queue, workflowRunId));
  // Each is drawn where the definition has it.
  const paths = [...traces.values()].flatMap(({ instance, path, state }) =>
    instance.startsWith(`${base}/undo`) ? [[path, state]] : [],
  );
  const inside = kind === "parallel" ? ["undo.x/u"] : kind.startsWith("loop") ? ["undo/u"] : [];
  const expected = ["undo", ...inside].map((path) => [path, "completed"]);
  expect(paths).toEqual(expect.arrayContaining(expected));
  expect(new Set(paths.map(([path]) => path))).toEqual(new Set(["undo", ...inside]));
});
