import { formatNumber } from "../../format.ts";
import { groupBy } from "../../model/group-by.ts";
import type { GraphEdge, WorkflowGraph } from "../graph/graph.ts";

/**
 * The maximum number of operators in a diagram. With more, their names are not legible at any scale that shows the
 * whole.
 */
export const MAX_OPERATORS = 400;

/**
 * The maximum number of layers that all edges cross together: an edge between neighbouring layers counts once.
 * Laying out a graph at this limit takes about a second.
 */
export const MAX_CROSSINGS = 800;

/** Why a graph is listed instead of drawn; `null` if it is drawn. */
export function findPictureLimit({ nodes, edges }: WorkflowGraph): string | null {
  if (nodes.length > MAX_OPERATORS)
    return `The workflow has ${formatNumber(nodes.length)} operators; pictures have at most ${MAX_OPERATORS}.`;
  const crossings = countCrossings(edges);
  if (crossings > MAX_CROSSINGS)
    return `The ${formatNumber(edges.length)} edges between the operators cross ${formatNumber(crossings)} layers; pictures have at most ${MAX_CROSSINGS}.`;
  return null;
}

/** The layers that edges cross when each operator is placed as early as its predecessors allow. */
function countCrossings(edges: readonly GraphEdge[]): number {
  const layers = computeLayers(edges);
  const layerOf = (path: string) => layers.get(path) ?? 0;
  return edges.reduce((sum, { from, to }) => sum + Math.abs(layerOf(to) - layerOf(from)), 0);
}

/** The longest path to each operator; those on a cycle stay where it was entered. */
function computeLayers(edges: readonly GraphEdge[]): Map<string, number> {
  const outgoing = groupBy(edges, ({ from }) => from);
  const open = new Map<string, number>();
  for (const { to } of edges) open.set(to, (open.get(to) ?? 0) + 1);
  const layers = new Map<string, number>();
  const ready = [...outgoing.keys()].filter((path) => !open.has(path));
  for (let path = ready.pop(); path !== undefined; path = ready.pop())
    for (const { to } of outgoing.get(path) ?? []) {
      layers.set(to, Math.max(layers.get(to) ?? 0, (layers.get(path) ?? 0) + 1));
      const left = (open.get(to) ?? 0) - 1;
      open.set(to, left);
      if (left === 0) ready.push(to);
    }
  return layers;
}
