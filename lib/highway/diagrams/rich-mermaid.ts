import { buildGraph, type GraphEdge, type WorkflowGraph } from "../graph/graph.ts";
import type { Workflow } from "../model/workflow.ts";

/** The state of an operator in a run, for its colour. */
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
  end: "fill:#ffe4e6,stroke:#be123c,color:#881337",
  unknown: "fill:#fff7ed,stroke:#c2410c,color:#7c2d12",
} as const;

/**
 * A state diagram of everything in a workflow: branches, loops, cases, handlers and joins, each scope in its box.
 * It has exactly the nodes and edges of `buildGraph`, and the start and ends of each scope. Any workflow produces
 * a valid diagram that shows its texts unchanged. With `status`, by path, nodes are coloured by their state in a
 * run, otherwise by kind.
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

/** The content of a loop, parallel or choice; nothing for other nodes. */
function drawInside(graph: WorkflowGraph, ids: Map<string, string>, path: string): string[] {
  const group = graph.groups.find((one) => one.path === path);
  if (group?.kind === "loop") return drawScope(graph, ids, path);
  const branches = graph.groups.filter((one) => one.kind === "branch" && one.parent === path);
  return branches.flatMap(({ path: branch, label, condition }, index) => [
    ...(index === 0 ? [] : ["--"]),
    ...compose(`state "${safeLabel(label)}" as ${ids.get(branch)}`, drawScope(graph, ids, branch)),
    ...(condition === undefined ? [] : [`[*] --> ${ids.get(branch)} : ${safeLabel(condition)}`]),
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
    const name = status ? (status[path] ?? "pending") : findStyle(type);
    return name ? [{ id: ids.get(path) ?? "", name }] : [];
  });
  const used = [...new Set(given.map(({ name }) => name))];
  return [
    ...used.map((name) => `classDef ${name} ${styles[name]}`),
    ...given.map(({ id, name }) => `class ${id} ${name}`),
  ];
}

function findStyle(type: string): keyof typeof KIND_STYLES | undefined {
  switch (type) {
    case "condition":
    case "switch":
    case "multi_choice":
      return "router";
    case "emit_event":
    case "wait_for_event":
      return "event";
    case "wait":
      return "timer";
    case "join":
      return "joint";
    case "terminate":
      return "end";
    case "task":
    case "activity":
    case "reflexive":
    case "child_workflow":
    case "parallel":
    case "foreach":
    case "while":
      return undefined;
    default:
      return "unknown";
  }
}

/** Words that mermaid does not accept as the id of a state, in any case. */
const RESERVED = new Set([
  "class",
  "classdef",
  "click",
  "default",
  "href",
  "note",
  "root",
  "scale",
  "state",
  "statediagram",
  "style",
]);

/**
 * Ids for a state diagram, one per path: unique, of letters, digits and underscores, and never a reserved word. A
 * safe path is its own id.
 */
export function safeIds(paths: Iterable<string>): Map<string, string> {
  const taken = new Set<string>();
  const ids = new Map<string, string>();
  for (const path of paths) {
    const plain = path.replace(/[^A-Za-z0-9_]/g, "_");
    const isUnsafe = RESERVED.has(plain.toLowerCase()) || !/^[A-Za-z_]/.test(plain);
    const base = isUnsafe ? `t_${plain}` : plain;
    let id = base;
    for (let count = 2; taken.has(id); count++) id = `${base}_${count}`;
    taken.add(id);
    ids.set(path, id);
  }
  return ids;
}

/**
 * Characters that end a label, or that mermaid or HTML replaces. A colon is unsafe at an end and next to another
 * colon.
 */
const UNSAFE = /["`;<>#&%\\]|:(?=:|$)|(?<=^|:):/g;

/** Text for a label of a node or an edge: one line, never empty, with unsafe characters as `#NN;`. */
export function safeLabel(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.replace(UNSAFE, (sign) => `#${sign.codePointAt(0)};`) || " ";
}
