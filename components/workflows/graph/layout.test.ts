import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { buildGraph } from "@/lib/highway/graph/graph";
import { parseWorkflow } from "@/lib/highway/language/parse";
import { type Box, layoutGraph } from "./layout";
import { measureTexts } from "./use-layout";

const FIXTURES = new URL("../../../lib/highway/fixtures/workflows/", import.meta.url);

function contains(outer: Box, inner: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width + 0.01 &&
    inner.y + inner.height <= outer.y + outer.height + 0.01
  );
}

function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

test.each(readdirSync(FIXTURES))(
  "%s: all nodes are placed inside their group without overlap",
  (file) => {
    const { workflow } = parseWorkflow(readFileSync(new URL(file, FIXTURES), "utf8"));
    if (!workflow) throw new Error(`${file} cannot be read.`);
    const graph = buildGraph(workflow);
    const layout = layoutGraph(graph, measureTexts(graph));
    const whole = { x: 0, y: 0, width: layout.width, height: layout.height };
    expect(layout.nodes.map(({ node }) => node.path).sort()).toEqual(
      graph.nodes.map((node) => node.path).sort(),
    );
    expect(layout.groups.map(({ group }) => group.path).sort()).toEqual(
      graph.groups.map((group) => group.path).sort(),
    );
    expect(layout.edges).toHaveLength(graph.edges.filter(({ from, to }) => from !== to).length);
    for (const { points } of layout.edges) expect(points.length).toBeGreaterThan(1);

    const groups = new Map(layout.groups.map((placed) => [placed.group.path, placed]));
    for (const placed of layout.nodes) {
      expect(contains(groups.get(placed.node.scope) ?? whole, placed)).toBe(true);
      for (const other of layout.nodes)
        if (other !== placed && other.node.scope === placed.node.scope)
          expect(overlap(placed, other), `${placed.node.path} and ${other.node.path}`).toBe(false);
    }
    for (const placed of layout.groups)
      expect(contains(groups.get(placed.group.parent) ?? whole, placed)).toBe(true);
  },
);

test("three hundred nodes are laid out", () => {
  const tasks = Object.fromEntries(
    Array.from({ length: 300 }, (_, n) => [
      `t${n}`,
      {
        task_id: `t${n}`,
        operator_type: "task",
        function: "f",
        dependencies: n === 0 ? [] : [`t${Math.floor((n - 1) / 3)}`],
      },
    ]),
  );
  const { workflow } = parseWorkflow(JSON.stringify({ name: "wide", version: "1", tasks }));
  const graph = workflow && buildGraph(workflow);
  expect(graph && layoutGraph(graph, measureTexts(graph)).nodes).toHaveLength(300);
});
