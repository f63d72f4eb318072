/** The calls of fixtures/, compared with the workflows that the Python packages built. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { toClassicMermaid } from "../diagrams/classic-mermaid.ts";
import { toGraphviz } from "../diagrams/graphviz.ts";
import { toNestedMermaid } from "../diagrams/nested-mermaid.ts";
import { parseText } from "../language/parse.ts";
import { serializeWorkflow } from "../language/serialize.ts";
import type { Workflow } from "../model/workflow.ts";
import { buildFromSteps } from "./steps.ts";
import { WorkflowBuilder } from "./workflow-builder.ts";

const FIXTURES = path.join(import.meta.dirname, "../fixtures");
const read = (file: string) => readFileSync(path.join(FIXTURES, file), "utf8");
const parse = (file: string) => parseText(read(file)).value;
const files = ["builder", "2.2/builder"].flatMap((folder) =>
  readdirSync(path.join(FIXTURES, folder)).map((file) => `${folder}/${file}`),
);
/** The package does not notice that the bounds of one guard are a number and a text. */
const REPORTED = ["tasks.read_file.postconditions[1].value"];

describe.each(files)("%s", (file) => {
  const id = path.parse(file).name;
  const { workflow, problems } = buildFromSteps(parse(file));

  test("builds the expected workflow, fields and tasks in order", () => {
    const errors = problems.filter(({ severity }) => severity === "error");
    expect(errors.filter((problem) => !REPORTED.includes(problem.path))).toEqual([]);
    // JavaScript writes 2.0 as 2.
    const expected = read(`2.2/expected/${id}.json`)
      .trimEnd()
      .replace(/(\d)\.0(?=,?$)/gm, "$1");
    expect(workflow && serializeWorkflow(workflow, "json")).toBe(expected);
  });

  test("its diagrams have the lines of the expected ones", () => {
    if (!workflow) throw new Error("no workflow");
    if (existsSync(path.join(FIXTURES, `expected/${id}.mmd`)))
      expect(`${toClassicMermaid(workflow)}\n`).toBe(read(`expected/${id}.mmd`));
    const linesOf = (text: string) => text.trimEnd().split("\n").sort();
    const nested = read(`2.2/expected/${id}.mmd`).replace(/ {4}classDef default.*\n/, "");
    expect(linesOf(toNestedMermaid(workflow))).toEqual(linesOf(nested));
    const withoutQuotes = (text: string) => text.replace(/\\?"|_(?=[ ;])/g, "");
    expect(linesOf(withoutQuotes(toGraphviz(workflow)))).toEqual(
      linesOf(withoutQuotes(read(`2.2/expected/${id}.dot`))),
    );
  });
});

type Case = {
  name: string;
  steps: unknown[];
  error?: string;
  start_task: string;
  task_order: string[];
  dependencies: Record<string, string[]>;
  mermaid?: string;
  mermaid_body?: string;
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
/** One case of 2.0.2 has changed: since then, an empty list of dependencies is honoured. */
const cases = [
  ...(parse("chaining.yaml") as Case[]),
  ...(parse("2.2/chaining.yaml") as Case[]),
].filter(({ name }) => name !== "empty-deps-list-still-chains");
const build = (steps: unknown[]) => buildFromSteps({ name: "chained", steps });

describe("chaining", () => {
  test.each(cases.filter(({ error }) => error))("$name", ({ steps, error }) => {
    const errors = build(steps).problems.filter(({ severity }) => severity === "error");
    expect(errors).toHaveLength(1);
    // Sentences of the package itself are kept; those of its validation library are preceded by a field.
    expect(error).toContain(errors[0]?.message);
  });

  test.each(cases.filter(({ error }) => !error))("$name", (expected) => {
    const { workflow, problems } = build(expected.steps);
    if (!workflow) throw new Error("no workflow");
    const operators = Object.values(workflow.tasks);
    expect(workflow.start_task).toBe(expected.start_task);
    expect(Object.keys(workflow.tasks)).toEqual(expected.task_order);
    expect(dependenciesOf(workflow)).toEqual(expected.dependencies);
    if (expected.mermaid !== undefined) expect(toClassicMermaid(workflow)).toBe(expected.mermaid);
    const body = toNestedMermaid(workflow).split("\n").slice(8).join("\n");
    if (expected.mermaid_body !== undefined) expect(body).toBe(expected.mermaid_body);
    const inLoop = operators.filter((one) => one.is_internal_loop_task).map((one) => one.task_id);
    if (expected.mermaid !== undefined)
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

test("a root or an empty list of dependencies starts a new chain", () => {
  const { tasks } = new WorkflowBuilder("roots")
    .task("a", "f")
    .task("b", "f", { root: true })
    .task("c", "f", { dependencies: [] })
    .wait("d", 1, { dependsOn: ["a", "a"] })
    .task("e", "f", { dependencies: ["c"], dependsOn: ["a"] })
    .build();
  expect(Object.values(tasks).map(({ dependencies }) => dependencies)).toEqual([
    [],
    [],
    [],
    ["a"],
    ["c"],
  ]);
});

test("calls that do not apply are refused", () => {
  const builder = new WorkflowBuilder("refusals");
  expect(() => builder.onFailure("h")).toThrow("needs an operator before it");
  expect(() => builder.wait("w", "PT5")).toThrow("not a duration");
  expect(() => builder.wait("w", "PT5S").retry()).toThrow("'w' is a wait");
  expect(() => builder.task("t", "f", { retries: 3 } as object)).toThrow("no option 'retries'");
});

test("a list that is not a list of steps is reported with its path", () => {
  expect(build([{ op: "jump" }, { op: "task" }]).problems).toMatchObject([
    { path: "steps[0].op", code: "unknown_step" },
    { path: "steps[1].id", code: "missing" },
  ]);
  expect(buildFromSteps(null).problems).toMatchObject([{ path: "" }, { path: "name" }]);
});
