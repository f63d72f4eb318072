/** Properties of all workflows, valid or not. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { safeIds, toRichMermaid } from "../diagrams/rich-mermaid.ts";
import { buildGraph } from "../graph/graph.ts";
import { decodeAndCheck, validateWorkflow } from "../model/checks/validate.ts";
import { arbitraryWorkflow } from "../testing/arbitrary-workflow.ts";
import { parseWorkflow } from "./parse.ts";
import { serializeWorkflow } from "./serialize.ts";

test("parsing written JSON gives the same workflow, with fields and tasks in the same order", () => {
  fc.assert(
    fc.property(arbitraryWorkflow, (workflow) => {
      const text = serializeWorkflow(workflow, "json");
      const read = parseWorkflow(text, { format: "json" });
      expect(read.workflow && serializeWorkflow(read.workflow, "json")).toBe(text);
    }),
  );
});

test("parsing written YAML gives the same values", () => {
  fc.assert(
    fc.property(arbitraryWorkflow, (workflow) => {
      const read = parseWorkflow(serializeWorkflow(workflow, "yaml"), { format: "yaml" });
      expect(read.workflow).toEqual(workflow);
    }),
  );
});

test("a value under a key << is not merged", () => {
  const metadata = { "<<": { owner: "billing" }, owner: "shipping" };
  const { workflow } = parseWorkflow(
    JSON.stringify({
      name: "flow",
      tasks: { a: { task_id: "a", operator_type: "task", function: "f", metadata } },
    }),
  );
  const read = workflow && parseWorkflow(serializeWorkflow(workflow, "yaml"), { format: "yaml" });
  expect(read?.workflow?.tasks.a?.metadata).toEqual(metadata);
});

test("the validator accepts any value without throwing", () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(validateWorkflow(value).length).toBeGreaterThan(0);
    }),
  );
});

test("the validator accepts a workflow in which a value was replaced", () => {
  fc.assert(
    fc.property(arbitraryWorkflow, fc.anything(), fc.nat(), (workflow, value, position) => {
      const spoiled = structuredClone(workflow);
      const places = listPlaces(spoiled);
      const [holder, key] = places[position % places.length] ?? [{}, ""];
      Reflect.set(holder, key, value);
      const { workflow: read } = decodeAndCheck(spoiled);
      if (read) buildGraph(read);
    }),
  );
});

test("the parser accepts any text without throwing", () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    arbitraryWorkflow.map((one) => serializeWorkflow(one, "yaml").replace(/:/, "")),
  );
  fc.assert(
    fc.property(text, fc.constantFrom("json" as const, "yaml" as const), (source, format) => {
      parseWorkflow(source, { format });
    }),
  );
});

test("edges join nodes of one scope, and every group has a parent that exists", () => {
  fc.assert(
    fc.property(arbitraryWorkflow, (workflow) => {
      const { nodes, groups, edges } = buildGraph(workflow);
      const scopes = new Map(nodes.map(({ path, scope }) => [path, scope]));
      expect(scopes.size).toBe(nodes.length);
      for (const { from, to } of edges) expect(scopes.get(from) ?? "gone").toBe(scopes.get(to));
      const known = new Set([""]);
      for (const { path, parent } of groups) {
        expect(known).toContain(parent);
        known.add(path);
      }
      for (const { scope } of nodes) expect(known).toContain(scope);
    }),
  );
});

test("the rich diagram has the nodes, edges and boxes of the graph", () => {
  fc.assert(
    fc.property(arbitraryWorkflow, (workflow) => {
      const { nodes, groups, edges } = buildGraph(workflow);
      const branches = groups.filter(({ kind }) => kind === "branch");
      const ids = safeIds([...nodes, ...branches].map(({ path }) => path));
      const idOf = (path: string) => ids.get(path) ?? "";
      const drawn = readDiagram(toRichMermaid(workflow));
      expect(drawn.states).toEqual(
        new Map([
          ...nodes.map(({ path, scope }): [string, string] => [idOf(path), idOf(scope)]),
          ...branches.map(({ path, parent }): [string, string] => [idOf(path), idOf(parent)]),
        ]),
      );
      expect(drawn.edges.sort()).toEqual(
        edges.map(({ from, to }) => `${idOf(from)} ${idOf(to)}`).sort(),
      );
    }),
  );
});

/** The states of a diagram with the state that contains each, and its edges except starts and ends. */
function readDiagram(text: string) {
  const states = new Map<string, string>();
  const edges: string[] = [];
  const around: string[] = [];
  for (const line of text.split("\n").slice(1)) {
    const state = /^ *state ".+" as (\w+)( \{)?$/.exec(line);
    const edge = /^ *(\w+) --> (\w+)(?: : .*)?$/.exec(line);
    if (state?.[1]) {
      expect(states.has(state[1])).toBe(false);
      states.set(state[1], around.at(-1) ?? "");
      if (state[2]) around.push(state[1]);
    } else if (edge) edges.push(`${edge[1]} ${edge[2]}`);
    else if (/^ *\}$/.test(line)) around.pop();
    else
      expect(line).toMatch(
        /^ *(--|\[\*\] --> \w+(?: : .+)?|\w+ --> \[\*\]|classDef .*|class \w+ \w+)$/,
      );
  }
  expect(around).toEqual([]);
  return { states, edges };
}

function listPlaces(value: unknown): [object, string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]): [object, string][] => [
    [value, key],
    ...listPlaces(member),
  ]);
}
