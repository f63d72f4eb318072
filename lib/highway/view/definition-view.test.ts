import { expect, test } from "vitest";
import { type Pausing, workAtOnce } from "../../model/work/turns.ts";
import { parseWorkflow } from "../language/parse.ts";
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
