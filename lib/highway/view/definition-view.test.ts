import { expect, test } from "vitest";
import { type Pausing, workAtOnce } from "../../model/work/turns.ts";
import { formatHashedInTurns } from "../language/hash.ts";
import { parseWorkflow } from "../language/parse.ts";
import { decodeInTurns } from "../model/decode-workflow.ts";
import { compileDefinition, reportDefinition } from "./definition-view.ts";

const OPERATORS = 3_000;

/** A chain of operators of which every tenth depends on a missing one. */
const definition = JSON.stringify({
  name: "long",
  tasks: Object.fromEntries(
    Array.from({ length: OPERATORS }, (_, index) => [
      `t${index}`,
      {
        task_id: `t${index}`,
        operator_type: "task",
        function: "f",
        dependencies: index === 0 ? [] : [index % 10 === 9 ? "unknown" : `t${index - 1}`],
      },
    ]),
  ),
});

function countPauses(work: Pausing<unknown>): number {
  let pauses = 0;
  while (!work.next().done) pauses++;
  return pauses;
}

test("a definition of thousands of operators is decoded and checked with a pause after each", () => {
  expect(countPauses(compileDefinition(definition))).toBeGreaterThan(OPERATORS);
  expect(countPauses(reportDefinition(definition))).toBeGreaterThan(3 * OPERATORS);
});

/** A switch whose targets all depend on the one before, or on the switch. */
const withTargets = (isChain: boolean) => {
  const targets = Array.from({ length: OPERATORS }, (_, index) => `t${index}`);
  const tasks = targets.map((task_id, index) => {
    const before = isChain && index > 0 ? `t${index - 1}` : "s";
    return [task_id, { task_id, operator_type: "task", function: "f", dependencies: [before] }];
  });
  const cases = Object.fromEntries(targets.map((id) => [`case ${id}`, id]));
  const router = { task_id: "s", operator_type: "switch", switch_on: "{{ x }}", cases };
  return JSON.stringify({ name: "w", tasks: { s: router, ...Object.fromEntries(tasks) } });
};

test.each([true, false])(
  "thousands of targets are checked and drawn with pauses: %s",
  (isChain) => {
    const text = withTargets(isChain);
    // One for each operator while it is decoded, for its node and for its edges.
    expect(countPauses(compileDefinition(text))).toBeGreaterThan(3 * OPERATORS);
    // The search behind targets pauses after each of them, and ends after 100,000 steps.
    expect(countPauses(reportDefinition(text))).toBeGreaterThan(
      isChain ? 3 * OPERATORS + 30 : 4 * OPERATORS,
    );
  },
);

test("a document is measured with a pause for every two thousand objects", () => {
  const documents = Array.from({ length: 20_000 }, () => ({}));
  expect(countPauses(decodeInTurns({ metadata: { documents } }))).toBeGreaterThan(9);
});

test("a hash is computed with a pause after each operator", () => {
  const { workflow } = parseWorkflow(definition);
  if (!workflow) throw new Error("not a workflow");
  expect(countPauses(formatHashedInTurns(workflow))).toBe(OPERATORS);
});

test("a key that occurs twice with different values is an error, however it is written", () => {
  const report = (tasks: string) =>
    workAtOnce(reportDefinition(`{"name": "w", "tasks": {${tasks}}}`)).problems;
  const task = (name: string) =>
    `"a": {"task_id": "a", "operator_type": "task", "function": "${name}"}`;
  expect(report(`${task("f")}, ${task("g")}`)).toMatchObject([{ code: "syntax" }]);
  expect(report(`${task("f")}, ${task("g").replace('"a"', '"\\u0061" ')}`)).toMatchObject([
    { code: "syntax" },
  ]);
  expect(report(`${task("f")}, ${task("f")}`)).toEqual([]);
  expect(report(task(String.raw`\": {\"a\": 1}`))).toEqual([]);
});

test("results are the same with and without pauses", () => {
  const { problems, workflow } = parseWorkflow(definition);
  expect(workAtOnce(reportDefinition(definition)).problems).toEqual(problems);
  expect(problems).toHaveLength(OPERATORS / 10);
  const compiled = workAtOnce(compileDefinition(definition));
  expect(compiled.workflow).toEqual(workflow);
  expect(compiled.view.graph?.nodes).toHaveLength(OPERATORS);
});

test("a definition that is not JSON, or not a workflow, is described", () => {
  expect(workAtOnce(compileDefinition("{")).view.unreadable).toMatch(/^This is not JSON: /);
  expect(workAtOnce(compileDefinition("[]")).view.unreadable).toContain("must be a mapping");
  expect(workAtOnce(reportDefinition("[]")).about).toBeNull();
});

test("with thousands of problems, errors are shown first and the rest is counted", () => {
  const tasks = Object.fromEntries(
    Array.from({ length: 600 }, (_, index) => [
      `t${index}`,
      { operator_type: "task", function: "f", dependencies: index < 100 ? ["unknown"] : [] },
    ]),
  );
  const { problems } = workAtOnce(reportDefinition(JSON.stringify({ name: "w", tasks })));
  expect(problems).toHaveLength(501);
  expect(problems.slice(0, 100).every(({ severity }) => severity === "error")).toBe(true);
  expect(problems.at(-1)?.message).toMatch(/^[\d,]+ further problems are not shown$/);
});
