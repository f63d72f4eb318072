/** The documents and texts of fixtures/: what the original package made of them. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { toClassicMermaid } from "../diagrams/classic-mermaid.ts";
import { hasErrors } from "../model/problem.ts";
import { parseWorkflow } from "./parse.ts";
import { serializeWorkflow } from "./serialize.ts";

const FIXTURES = path.join(import.meta.dirname, "../fixtures");
const read = (file: string) => readFileSync(path.join(FIXTURES, file), "utf8");
const documents = readdirSync(path.join(FIXTURES, "workflows"));

function load(text: string) {
  const { workflow, problems } = parseWorkflow(text);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  if (!workflow) throw new Error("no workflow");
  return workflow;
}

describe.each(documents)("workflows/%s", (file) => {
  const id = path.parse(file).name;
  const expected = JSON.parse(read(`expected/${id}.json`));
  const isYaml = file.endsWith(".yaml");

  test("reads to the expected values", () => {
    expect(JSON.parse(serializeWorkflow(load(read(`workflows/${file}`)), "json"))).toEqual(
      expected,
    );
  });

  test("JSON keeps values and the order of fields and tasks", () => {
    const text = serializeWorkflow(load(read(`expected/${id}.json`)), "json");
    expect(JSON.parse(text)).toEqual(expected);
    // The package leaves the keys inside of branches as a document has them; here they are in order, too.
    if (!id.startsWith("upstream-")) expect(text).toBe(JSON.stringify(expected, null, 2));
  });

  test("YAML is read back to the same workflow, with sorted keys and without null fields", () => {
    const workflow = load(read(`workflows/${file}`));
    const text = serializeWorkflow(workflow, "yaml");
    expect(load(text)).toEqual(workflow);
    const keys = Object.keys(parseYaml(text));
    expect(keys).toEqual([...keys].sort());
    if (!id.startsWith("upstream-"))
      expect(parseYaml(text)).toEqual(parseYaml(read(`workflows/${file}`)));
  });

  test("the classic diagram is that of the original, byte for byte", () => {
    const inOrder = load(read(`expected/${id}.json`));
    const loaded = load(read(`workflows/${file}`));
    const text = isYaml ? read(`expected/${id}.from-yaml.mmd`) : read(`expected/${id}.mmd`);
    expect(`${toClassicMermaid(loaded)}\n`).toBe(text);
    if (!id.startsWith("upstream-") || !isYaml)
      expect(`${toClassicMermaid(inOrder)}\n`).toBe(read(`expected/${id}.mmd`));
  });
});

type Invalid = { name: string; yaml: string; original_error: string };
const invalid: Invalid[] = parseYaml(read("invalid.yaml"));

describe("invalid documents", () => {
  const expected: Record<string, [path: string, code: string]> = {
    "double-underscore-name": ["name", "name"],
    "uppercase-name": ["name", "name"],
    "leading-digit-name": ["name", "name"],
    "missing-name": ["name", "missing"],
    "double-underscore-version": ["version", "type"],
    "space-in-version": ["version", "version"],
    "unknown-operator": ["tasks.t.operator_type", "unknown_operator"],
    "try-catch-is-reserved": ["tasks.t.operator_type", "unknown_operator"],
    "no-operator-type": ["tasks.t.operator_type", "missing"],
    "task-without-function": ["tasks.t.function", "missing"],
    "switch-without-expression": ["tasks.t.switch_on", "missing"],
    "join-without-tasks": ["tasks.t.join_tasks", "missing"],
    "foreach-items-list": ["tasks.t.items", "type"],
    "wait-without-wait-for": ["tasks.t.wait_for", "missing"],
    "emit-payload-list": ["tasks.t.payload", "type"],
    "dependencies-string": ["tasks.t.dependencies", "type"],
    "kwargs-list": ["tasks.t.kwargs", "type"],
    "trigger-rule-bad": ["tasks.t.trigger_rule", "type"],
    "timeout-policy-empty": ["tasks.t.timeout_policy.timeout", "missing"],
    "tags-string": ["tags", "type"],
    "empty-document": ["", "type"],
    "broken-yaml": ["", "syntax"],
  };

  test("each is known here", () => {
    expect(invalid.map(({ name }) => name)).toEqual(Object.keys(expected));
  });

  test.each(invalid)("$name is refused where the mistake is", ({ name, yaml, original_error }) => {
    const { problems } = parseWorkflow(yaml, { format: "yaml" });
    expect(hasErrors(problems)).toBe(true);
    const errors = problems.filter(({ severity }) => severity === "error");
    expect(errors.map((problem) => [problem.path, problem.code])).toEqual([expected[name]]);
    if (/^(Workflow|Unknown)/.test(original_error)) expect(errors[0]?.message).toBe(original_error);
  });

  test("a number for a version is to be quoted", () => {
    const [problem] = parseWorkflow("name: a\nversion: 1.0\n").problems;
    expect(problem).toMatchObject({ path: "version", hint: 'write it in quotes: "1"' });
  });

  test.each(["tasks: null", "tasks: {t: null}", "name: [a]", "tasks: []"])(
    "%s is a problem, not a crash",
    (line) => {
      const text = line.startsWith("name") ? line : `name: a\n${line}`;
      expect(hasErrors(parseWorkflow(text).problems)).toBe(true);
    },
  );

  test("an expression that cannot be read is an error in its place", () => {
    const task = "{task_id: t, operator_type: while, condition: 'a && b', loop_body: []}";
    const { problems } = parseWorkflow(`name: a\ntasks:\n  t: ${task}\n`);
    expect(problems).toContainEqual(
      expect.objectContaining({ path: "tasks.t.condition", code: "bad_expression" }),
    );
  });

  test("keys that occur twice are an error", () => {
    const text = "name: a\ntasks:\n  t: {task_id: t}\n  t: {task_id: t}\n";
    expect(parseWorkflow(text).problems).toMatchObject([{ code: "syntax" }]);
  });
});
