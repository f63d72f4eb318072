import { expect, test } from "vitest";
import type { GraphEdge, WorkflowGraph } from "../graph/graph.ts";
import { findPictureLimit, MAX_CROSSINGS, MAX_OPERATORS } from "./picture-limits.ts";

const edge = (from: number, to: number): GraphEdge => ({
  from: `t${from}`,
  to: `t${to}`,
  kind: "dependency",
});

function graphOf(operators: number, edges: GraphEdge[]): WorkflowGraph {
  const nodes = Array.from({ length: operators }, (_, index) => ({
    path: `t${index}`,
    id: `t${index}`,
    type: "task",
    label: "",
    scope: "",
    inLoop: false,
    inBranch: false,
    isStart: index === 0,
    isHandler: false,
    hasBreaker: false,
    hasGuards: false,
  }));
  return { nodes, groups: [], edges };
}

const chain = (operators: number) =>
  Array.from({ length: operators - 1 }, (_, index) => edge(index, index + 1));

test("a graph is drawn up to the limit of operators, at any depth", () => {
  expect(findPictureLimit(graphOf(MAX_OPERATORS, chain(MAX_OPERATORS)))).toBeNull();
  expect(findPictureLimit(graphOf(20_000, chain(20_000)))).toBe(
    "The workflow has 20,000 operators; pictures have at most 400.",
  );
});

test("two hundred operators in eight full layers are not drawn", () => {
  const edges = Array.from({ length: 175 }, (_, index) =>
    Array.from({ length: 25 }, (_, k) => edge(Math.floor(index / 25) * 25 + k, index + 25)),
  ).flat();
  expect(findPictureLimit(graphOf(200, edges))).toBe(
    "The 4,375 edges between the operators cross 4,375 layers; pictures have at most 800.",
  );
});

test("an edge counts once for each layer that it crosses", () => {
  const long = Array.from({ length: 80 }, (_, index) => edge(index, index + 20));
  const graph = graphOf(100, [...chain(100), ...long]);
  expect(findPictureLimit(graph)).toContain("cross 1,699 layers");
  expect(99 + 80 * 20).toBeGreaterThan(MAX_CROSSINGS);
});

test("cycles count as well", () => {
  expect(findPictureLimit(graphOf(3, [edge(0, 1), edge(1, 2), edge(2, 0)]))).toBeNull();
});
