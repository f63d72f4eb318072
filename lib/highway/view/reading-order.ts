import { groupBy } from "../../model/group-by.ts";
import type { GraphNode, WorkflowGraph } from "../graph/graph.ts";

/**
 * The operators in reading order: each after its predecessors, depth first, and the contents of a loop or branch
 * right after it. A stored definition has no order.
 */
export function listInReadingOrder({ nodes, groups, edges }: WorkflowGraph): GraphNode[] {
  const links = edges.filter(({ from, to }) => from !== to);
  const linksFrom = groupBy(links, ({ from }) => from);
  const groupsIn = groupBy(groups, ({ parent }) => parent);
  const nodesIn = groupBy(nodes, ({ scope }) => scope);
  const byPath = new Map(nodes.map((node) => [node.path, node]));
  const open = new Map(nodes.map(({ path }) => [path, 0]));
  for (const { to } of links) open.set(to, (open.get(to) ?? 0) + 1);
  const ordered = new Set<GraphNode>();
  // A stack instead of recursion: a chain may have thousands of operators.
  const steps: (() => void)[] = [];
  const plan = (next: (() => void)[]) => steps.push(...next.reverse());

  const visit = (node: GraphNode) => () => {
    if (ordered.has(node)) return;
    ordered.add(node);
    const inner = groupsIn.get(node.path) ?? [];
    plan([
      enter(node.path),
      ...inner.map(({ path }) => enter(path)),
      ...(linksFrom.get(node.path) ?? []).map(({ to }) => follow(to)),
    ]);
  };
  const follow = (to: string) => () => {
    const left = (open.get(to) ?? 0) - 1;
    open.set(to, left);
    const next = byPath.get(to);
    if (left === 0 && next) visit(next)();
  };
  const enter = (scope: string) => () => {
    const inside = (nodesIn.get(scope) ?? []).filter(({ path }) => path !== scope);
    const first = inside.filter(({ path }) => open.get(path) === 0);
    plan([...first.filter(({ isStart }) => isStart), ...first, ...inside].map(visit));
  };

  plan([enter(""), ...nodes.map(visit)]);
  for (let step = steps.pop(); step; step = steps.pop()) step();
  return [...ordered];
}
