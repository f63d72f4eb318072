import { buildGraph, type GraphEdge, type WorkflowGraph } from "../graph/graph.ts";
import type { Workflow } from "../model/workflow.ts";
import { safeIds, safeLabel } from "./safe-ids.ts";

/** How an operator stands in a run, for its colour. */
export type NodeStatus = "completed" | "failed" | "running" | "sleeping" | "skipped" | "pending";

const STATUS_STYLES: Record<NodeStatus, string> = {
  completed: "fill:#dcfce7,stroke:#15803d,color:#14532d",
  failed: "fill:#fee2e2,stroke:#b91c1c,color:#7f1d1d",
  running: "fill:#dbeafe,stroke:#1d4ed8,color:#1e3a8a",
  sleeping: "fill:#ede9fe,stroke:#6d28d9,color:#4c1d95",
  skipped: "fill:#f4f4f5,stroke:#a1a1aa,color:#71717a,stroke-dasharray:4",
  pending: "fill:#ffffff,stroke:#71717a,color:#3f3f46",
};

const KIND_STYLES = {
  router: "fill:#fef9c3,stroke:#a16207,color:#713f12",
  event: "fill:#e0f2fe,stroke:#0369a1,color:#0c4a6e",
  timer: "fill:#f3e8ff,stroke:#7e22ce,color:#581c87",
  joint: "fill:#f1f5f9,stroke:#475569,color:#1e293b",
  unknown: "fill:#fff7ed,stroke:#c2410c,color:#7c2d12",
} as const;

/**
 * A state diagram of everything in a workflow: branches, loops, cases, handlers and joins, each scope in its box. It
 * has exactly the nodes and edges of `buildGraph`, and beside them where each scope begins and ends. Ids and labels
 * are made safe. With `status`, by path, nodes are coloured by how they stand in a run, without it by their kind.
 */
export function toRichMermaid(
  workflow: Workflow,
  options: { status?: Readonly<Record<string, NodeStatus>> } = {},
): string {
  const graph = buildGraph(workflow);
  const ids = safeIds([
    ...graph.nodes.map(({ path }) => path),
    ...graph.groups.filter(({ kind }) => kind === "branch").map(({ path }) => path),
  ]);
  const lines = drawScope(graph, ids, "");
  return [
    "stateDiagram-v2",
    ...indent(lines),
    ...indent(drawClasses(graph, ids, options.status)),
  ].join("\n");
}

function drawScope(graph: WorkflowGraph, ids: Map<string, string>, scope: string): string[] {
  const nodes = graph.nodes.filter((node) => node.scope === scope);
  const own = new Set(nodes.map(({ path }) => path));
  const edges = graph.edges.filter(({ from }) => own.has(from));
  const idOf = (path: string) => ids.get(path) ?? "";
  const leads = (edge: GraphEdge) => edge.kind !== "success" && edge.kind !== "failure";
  const reached = new Set(edges.map(({ to }) => to));
  const left = new Set(edges.filter(leads).map(({ from }) => from));
  return [
    ...nodes.flatMap(({ path, label }) =>
      compose(`state "${safeLabel(label)}" as ${idOf(path)}`, drawInside(graph, ids, path)),
    ),
    ...nodes
      .filter(({ path, isHandler }) => !reached.has(path) && !isHandler)
      .map(({ path }) => `[*] --> ${idOf(path)}`),
    ...edges.map(
      ({ from, to, label }) =>
        `${idOf(from)} --> ${idOf(to)}${label === undefined ? "" : ` : ${safeLabel(label)}`}`,
    ),
    ...nodes.filter(({ path }) => !left.has(path)).map(({ path }) => `${idOf(path)} --> [*]`),
  ];
}

/** What stands between the braces of a loop or a parallel; nothing for other nodes. */
function drawInside(graph: WorkflowGraph, ids: Map<string, string>, path: string): string[] {
  const group = graph.groups.find((one) => one.path === path);
  if (group?.kind === "loop") return drawScope(graph, ids, path);
  const branches = graph.groups.filter((one) => one.kind === "branch" && one.parent === path);
  return branches.flatMap((branch, index) => [
    ...(index === 0 ? [] : ["--"]),
    ...compose(
      `state "${safeLabel(branch.label)}" as ${ids.get(branch.path)}`,
      drawScope(graph, ids, branch.path),
    ),
  ]);
}

function compose(head: string, inside: string[]): string[] {
  return inside.length === 0 ? [head] : [`${head} {`, ...indent(inside), "}"];
}

function indent(lines: string[]): string[] {
  return lines.map((line) => `    ${line}`);
}

function drawClasses(
  graph: WorkflowGraph,
  ids: Map<string, string>,
  status: Readonly<Record<string, NodeStatus>> | undefined,
): string[] {
  const styles: Record<string, string> = status ? STATUS_STYLES : KIND_STYLES;
  const given = graph.nodes.flatMap(({ path, type }) => {
    const name = status ? (status[path] ?? "pending") : kindOf(type);
    return name ? [{ id: ids.get(path) ?? "", name }] : [];
  });
  const used = [...new Set(given.map(({ name }) => name))];
  return [
    ...used.map((name) => `classDef ${name} ${styles[name]}`),
    ...given.map(({ id, name }) => `class ${id} ${name}`),
  ];
}

function kindOf(type: string): keyof typeof KIND_STYLES | undefined {
  switch (type) {
    case "condition":
    case "switch":
      return "router";
    case "emit_event":
    case "wait_for_event":
      return "event";
    case "wait":
      return "timer";
    case "join":
      return "joint";
    case "task":
    case "activity":
    case "parallel":
    case "foreach":
    case "while":
      return undefined;
    default:
      return "unknown";
  }
}
