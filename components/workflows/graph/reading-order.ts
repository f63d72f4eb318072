import type { GraphNode, WorkflowGraph } from "@/lib/highway/graph/graph";

/**
 * The operators in reading order: each after its predecessors, depth first, and the contents of a loop or branch right
 * after it. A stored definition has no order of its own.
 */
export function listInReadingOrder({ nodes, groups, edges }: WorkflowGraph): GraphNode[] {
  const byPath = new Map(nodes.map((node) => [node.path, node]));
  const open = new Map(nodes.map(({ path }) => [path, 0]));
  const links = edges.filter(({ from, to }) => from !== to);
  for (const { to } of links) open.set(to, (open.get(to) ?? 0) + 1);
  const read = new Set<GraphNode>();

  function visit(node: GraphNode): void {
    if (read.has(node)) return;
    read.add(node);
    enter(node.path);
    for (const { path } of groups.filter((group) => group.parent === node.path)) enter(path);
    for (const { to } of links.filter(({ from }) => from === node.path)) {
      const left = (open.get(to) ?? 0) - 1;
      open.set(to, left);
      const next = byPath.get(to);
      if (left === 0 && next) visit(next);
    }
  }
  function enter(scope: string): void {
    const inside = nodes.filter((node) => node.scope === scope && node.path !== scope);
    const first = inside.filter(({ path }) => open.get(path) === 0);
    for (const node of [...first.filter(({ isStart }) => isStart), ...first, ...inside])
      visit(node);
  }
  enter("");
  for (const node of nodes) visit(node);
  return [...read];
}
