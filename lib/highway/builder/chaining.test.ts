/** The calls of fixtures/, compared with what the Python package built from them. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { toClassicMermaid } from "../diagrams/classic-mermaid.ts";
import { serializeWorkflow } from "../language/serialize.ts";
import type { Workflow } from "../model/workflow.ts";
import { buildFromSteps } from "./steps.ts";
import { WorkflowBuilder } from "./workflow-builder.ts";

const FIXTURES = path.join(import.meta.dirname, "../fixtures");
const read = (file: string) => readFileSync(path.join(FIXTURES, file), "utf8");

describe.each(readdirSync(path.join(FIXTURES, "builder")))("builder/%s", (file) => {
  const id = path.parse(file).name;
  const { workflow, problems } = buildFromSteps(parse(read(`builder/${file}`)));

  test("builds the expected workflow, fields and tasks in order", () => {
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    const expected = JSON.parse(read(`expected/${id}.json`));
    expect(workflow && serializeWorkflow(workflow, "json")).toBe(JSON.stringify(expected, null, 2));
  });

  test("its classic diagram is the expected one", () => {
    expect(workflow && `${toClassicMermaid(workflow)}\n`).toBe(read(`expected/${id}.mmd`));
  });
});

type Case = {
  name: string;
  steps: unknown[];
  error?: string;
  start_task: string;
  task_order: string[];
  dependencies: Record<string, string[]>;
  mermaid: string;
  is_internal_loop_task?: string[];
  conditions?: Record<string, { if_true: string | null; if_false: string | null }>;
  parallels?: Record<
    string,
    {
      branches: Record<string, string[]>;
      branch_names: Record<string, string>;
      branch_dependencies: Record<string, Record<string, string[]>>;
    }
  >;
};
const cases: Case[] = parse(read("chaining.yaml"));
const build = (steps: unknown[]) => buildFromSteps({ name: "chained", steps });

describe("chaining", () => {
  test.each(cases.filter(({ error }) => error))("$name", ({ steps, error }) => {
    expect(build(steps).problems).toMatchObject([{ code: "build", message: error }]);
  });

  test.each(cases.filter(({ error }) => !error))("$name", (expected) => {
    const { workflow, problems } = build(expected.steps);
    if (!workflow) throw new Error("no workflow");
    const operators = Object.values(workflow.tasks);
    expect(workflow.start_task).toBe(expected.start_task);
    expect(Object.keys(workflow.tasks)).toEqual(expected.task_order);
    expect(dependenciesOf(workflow)).toEqual(expected.dependencies);
    expect(toClassicMermaid(workflow)).toBe(expected.mermaid);
    const inLoop = operators.filter((one) => one.is_internal_loop_task).map((one) => one.task_id);
    expect(inLoop).toEqual(expected.is_internal_loop_task ?? []);
    for (const [id, targets] of Object.entries(expected.conditions ?? {}))
      expect(workflow.tasks[id]).toMatchObject(targets);
    for (const [id, { branches, branch_names, branch_dependencies }] of Object.entries(
      expected.parallels ?? {},
    )) {
      const parallel = workflow.tasks[id];
      if (parallel?.operator_type !== "parallel") throw new Error("no parallel");
      expect(parallel.branches).toEqual(branches);
      const inside = Object.entries(parallel.branch_workflows);
      expect(Object.fromEntries(inside.map(([key, { name }]) => [key, name]))).toEqual(
        branch_names,
      );
      expect(Object.fromEntries(inside.map(([key, one]) => [key, dependenciesOf(one)]))).toEqual(
        branch_dependencies,
      );
    }
    const isReported = expected.name === "unknown-dependency-accepted";
    expect(
      problems.filter((problem) => problem.severity === "error").map(({ code }) => code),
    ).toEqual(isReported ? ["unknown_dependency"] : []);
  });
});

function dependenciesOf({ tasks }: Workflow) {
  return Object.fromEntries(Object.values(tasks).map((one) => [one.task_id, one.dependencies]));
}

test("an id that is added twice keeps its place and depends on itself, which build refuses", () => {
  const builder = new WorkflowBuilder("twice").task("a", "f").task("a", "g");
  expect(builder.build({ check: false }).tasks.a?.dependencies).toEqual(["a"]);
  expect(() => builder.build()).toThrow("depends on itself");
});

test("a root begins a new chain", () => {
  const { tasks } = new WorkflowBuilder("roots")
    .task("a", "f")
    .task("b", "f", { root: true })
    .build();
  expect(tasks.b?.dependencies).toEqual([]);
});

test("what does not apply is refused", () => {
  const builder = new WorkflowBuilder("refusals");
  expect(() => builder.onFailure("h")).toThrow("needs an operator before it");
  expect(() => builder.wait("w", "PT5")).toThrow("not a duration");
  expect(() => builder.wait("w", "PT5S").retry()).toThrow("'w' is a wait");
  expect(() => builder.task("t", "f", { retries: 3 } as object)).toThrow("no option 'retries'");
});

test("a list that is no list of steps is told where", () => {
  expect(build([{ op: "jump" }, { op: "task" }]).problems).toMatchObject([
    { path: "steps[0].op", code: "unknown_step" },
    { path: "steps[1].id", code: "missing" },
  ]);
  expect(buildFromSteps(null).problems).toMatchObject([{ path: "" }, { path: "name" }]);
});
