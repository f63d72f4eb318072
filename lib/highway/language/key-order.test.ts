/** Whole-number keys keep their place. Expectations come from the Python package 2.2.0. */
import { describe, expect, test } from "vitest";
import { buildFromSteps } from "../builder/steps.ts";
import { toClassicMermaid } from "../diagrams/classic-mermaid.ts";
import { toGraphviz } from "../diagrams/graphviz.ts";
import { toNestedMermaid } from "../diagrams/nested-mermaid.ts";
import { buildGraph } from "../graph/graph.ts";
import type { Workflow } from "../model/workflow.ts";
import { workflowHash } from "./hash.ts";
import { listEntries, listKeys, setMember } from "./key-order.ts";
import { parseText, parseWorkflow } from "./parse.ts";
import { serializeWorkflow } from "./serialize.ts";

const JSON_TEXT = `{"name": "f", "version": "1.0.0", "tasks": {
  "b": {"task_id": "b", "operator_type": "task", "function": "f", "kwargs": {"z": 1, "5": [{"y": 1, "0": 2}]}},
  "10": {"task_id": "10", "operator_type": "parallel",
    "branches": {"west": ["w"], "1": ["x"]},
    "branch_workflows": {
      "west": {"name": "west", "tasks": {"w": {"task_id": "w", "operator_type": "task", "function": "f"}}},
      "1": {"name": "one", "tasks": {"x": {"task_id": "x", "operator_type": "task", "function": "f"}}}}},
  "2": {"task_id": "2", "operator_type": "switch", "switch_on": "x", "cases": {"b": "b", "1": "10"}}},
  "variables": {"z": 1, "\\u0035": 2, "a": 12345678901234567890}, "start_task": null}`;

const YAML_TEXT = `
name: f
version: 1.0.0
tasks:
  b: {task_id: b, operator_type: task, function: f, kwargs: {z: 1, '5': [{y: 1, '0': 2}]}}
  '10':
    task_id: '10'
    operator_type: parallel
    branches: {west: [w], '1': [x]}
    branch_workflows:
      west: {name: west, tasks: {w: {task_id: w, operator_type: task, function: f}}}
      '1': {name: one, tasks: {x: {task_id: x, operator_type: task, function: f}}}
  '2': {task_id: '2', operator_type: switch, switch_on: x, cases: {b: b, '1': '10'}}
variables: {z: 1, '5': 2, a: 12345678901234567890}
`;

function parse(text: string): Workflow {
  const { workflow } = parseWorkflow(text);
  if (!workflow) throw new Error("no workflow");
  return workflow;
}

/** The keys at one level of indentation, in order. */
const keysAt = (json: string, indent: number) =>
  [...json.matchAll(/^( *)"([^"]*)":/gm)].flatMap(([, blanks = "", key = ""]) =>
    blanks.length === indent ? key : [],
  );

describe.each([
  ["JSON", JSON_TEXT],
  ["YAML", YAML_TEXT],
])("from %s", (_, text) => {
  const workflow = parse(text);
  const json = serializeWorkflow(workflow, "json");

  test("JSON has the order of the document at every level", () => {
    expect(keysAt(json, 4)).toEqual(["b", "10", "2", "z", "5", "a"]);
    expect(keysAt(json, 8).filter((key) => /^(?:.|west)$/.test(key))).toEqual([
      ...["z", "5"],
      ...["west", "1", "west", "1"],
      ...["b", "1"],
    ]);
    expect(keysAt(json, 12).slice(0, 2)).toEqual(["y", "0"]);
    expect(json).toContain('"a": 12345678901234567890');
    expect(serializeWorkflow(parse(json), "json")).toBe(json);
  });

  test("YAML and the hash sort keys, so they are the same", () => {
    const sorted = parse(serializeWorkflow(workflow, "yaml"));
    expect(workflowHash(sorted)).toBe(workflowHash(workflow));
    expect(Object.keys(sorted.tasks).sort()).toEqual(["10", "2", "b"]);
  });

  test("diagrams and the graph list tasks, cases and branches in that order", () => {
    const starts = ["    [*] --> b", "    [*] --> 10", "    [*] --> 2"];
    const lines = toClassicMermaid(workflow).split("\n");
    expect(lines.filter((line) => line.startsWith("    [*]"))).toEqual(starts);
    const nested = toNestedMermaid(workflow).split("\n");
    expect(nested.filter((line) => /\[\*\] --> (?:b|_)/.test(line))).toEqual([
      "    [*] --> b",
      "    [*] --> _10",
      "    [*] --> _2",
    ]);
    expect(nested.slice(-3)).toEqual(["    _2 --> b : b", "    _2 --> _10 : 1", "    b --> [*]"]);
    const dot = toGraphviz(workflow);
    expect(dot.indexOf('label="west"')).toBeLessThan(dot.indexOf('label="1"'));
    expect(dot.match(/start -> \w+/g)).toEqual(["start -> b", "start -> _10", "start -> _2"]);
    const { nodes, edges } = buildGraph(workflow);
    expect(nodes.map(({ id }) => id)).toEqual(["b", "10", "w", "x", "2"]);
    expect(edges.filter(({ label }) => label).map(({ label }) => label)).toEqual(["b", "1"]);
  });
});

test("a steps file keeps the order of its calls, branches and arguments", () => {
  const { value } = parseText(`
name: f
version: 1.0.0
steps:
  - {op: task, id: b, function: f, kwargs: {z: 1, '7': 2}, '5': 3, y: 4}
  - {op: task, id: '10', function: f}
  - {op: switch, id: '2', switch_on: x, cases: {b: b, '1': '10'}}
  - {op: parallel, id: p, branches: {west: [{op: task, id: w, function: f}], '1': [{op: task, id: x, function: f}]}}
`);
  const { workflow } = buildFromSteps(value);
  if (!workflow) throw new Error("no workflow");
  expect(workflow.start_task).toBe("b");
  expect(listKeys(workflow.tasks)).toEqual(["b", "10", "2", "p"]);
  const { b, p, "2": choice } = workflow.tasks;
  expect(b?.operator_type === "task" && listKeys(b.kwargs)).toEqual(["z", "7", "5", "y"]);
  expect(choice?.operator_type === "switch" && listKeys(choice.cases)).toEqual(["b", "1"]);
  const isParallel = p?.operator_type === "parallel";
  expect(isParallel && listKeys(p.branches)).toEqual(["west", "1"]);
  expect(isParallel && listKeys(p.branch_workflows)).toEqual(["west", "1"]);
});

test("a member that is set again keeps its place", () => {
  const object: Record<string, number> = { b: 1 };
  for (const [key, value] of [
    ["10", 2],
    ["a", 3],
    ["2", 4],
    ["10", 5],
  ] as const)
    setMember(object, key, value);
  expect(listEntries(object)).toEqual([
    ["b", 1],
    ["10", 5],
    ["a", 3],
    ["2", 4],
  ]);
});

test.each(['{"1": ', '{"1" "2"}', '["1":]', `{"1": ${"[".repeat(20_000)}`])(
  "%s is refused as before",
  (text) => {
    expect(parseText(text, "json").problems).toMatchObject([{ code: "syntax" }]);
  },
);
