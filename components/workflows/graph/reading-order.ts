import type { GraphNode, WorkflowGraph } from "@/lib/highway/graph/graph";

/**
 * The operators as the picture is read: each behind what leads to it, as a rule one way to its end before the next, and
 * what is inside of a loop or branch right behind it. A stored definition has no order of its own to go by.
 */
export function inReadingOrder({ nodes, groups, edges }: WorkflowGraph): GraphNode[] {
  const byPath = new Map(nodes.map((node) => [node.path, node]));
  const open = new Map(nodes.map(({ path }) => [path, 0]));
  const ways = edges.filter(({ from, to }) => from !== to);
  for (const { to } of ways) open.set(to, (open.get(to) ?? 0) + 1);
  const read = new Set<GraphNode>();

  function visit(node: GraphNode): void {
    if (read.has(node)) return;
    read.add(node);
    enter(node.path);
    for (const { path } of groups.filter((group) => group.parent === node.path)) enter(path);
    for (const { to } of ways.filter(({ from }) => from === node.path)) {
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
