import { layout as arrange, Graph } from "@dagrejs/dagre";
import type { GraphEdge, GraphGroup, GraphNode, WorkflowGraph } from "@/lib/highway/graph/graph";
import { groupBy } from "@/lib/model/group-by";

/** An operator is as wide as its name, between `width` and `maxWidth`. */
const NODE = { width: 188, maxWidth: 304, height: 48 };
/** A router needs space for the branch it chose. */
const ROUTER = 220;
/** Space beside the name: icon and margins. */
const BESIDE_NAME = 43;
/** Height of the heading of a box around nodes. */
const HEAD = { group: 48, branch: 26 };
const PADDING = 12;
const GAP = { node: 20, rank: 32, branch: 12 };
/** Padding of an edge label on both sides. */
const LABEL_PADDING = 8;

export type Point = { x: number; y: number };
export type Box = Point & { width: number; height: number };

export type PlacedNode = Box & { node: GraphNode; isGroup: boolean };
export type PlacedGroup = Box & { group: GraphGroup; depth: number };
export type PlacedEdge = {
  edge: GraphEdge;
  points: Point[];
  /** The truncated label in a box of `width` centred on the point. */
  label?: Point & { text: string; width: number };
};

/** Widths in pixels, which only the page can measure: of names, and of edge labels with their truncated text. */
export type GraphTexts = {
  names: ReadonlyMap<string, number>;
  labels: ReadonlyMap<string, { text: string; width: number }>;
};

export type LayoutRequest = { graph: WorkflowGraph; texts: GraphTexts };

/** Positions in pixels from the graph's top left corner; groups from outermost to innermost. */
export type GraphLayout = {
  width: number;
  height: number;
  nodes: PlacedNode[];
  groups: PlacedGroup[];
  edges: PlacedEdge[];
};

/**
 * Lays out a workflow in layers from top to bottom. Each scope is laid out separately, innermost first, and is then a
 * single node in the scope around it. Edges never cross scopes, so none is lost.
 */
export function layoutGraph(graph: WorkflowGraph, texts: GraphTexts): GraphLayout {
  return layoutScope("", indexGraph(graph, texts), 0);
}

type Index = {
  nodesIn: Map<string, GraphNode[]>;
  edgesIn: Map<string, GraphEdge[]>;
  branchesOf: Map<string, GraphGroup[]>;
  groups: Map<string, GraphGroup>;
  texts: GraphTexts;
};

function indexGraph({ nodes, edges, groups }: WorkflowGraph, texts: GraphTexts): Index {
  const scopes = new Map(nodes.map((node) => [node.path, node.scope]));
  return {
    nodesIn: groupBy(nodes, (node) => node.scope),
    edgesIn: groupBy(
      edges.filter((edge) => edge.from !== edge.to),
      (edge) => scopes.get(edge.from) ?? "",
    ),
    branchesOf: groupBy(
      groups.filter((group) => group.kind === "branch"),
      (group) => group.parent,
    ),
    groups: new Map(groups.map((group) => [group.path, group])),
    texts,
  };
}

function layoutScope(scope: string, index: Index, depth: number): GraphLayout {
  const nodes = index.nodesIn.get(scope) ?? [];
  if (nodes.length === 0) return { width: NODE.width, height: 0, nodes: [], groups: [], edges: [] };
  const insides = new Map<string, GraphLayout>();
  const dagre = new Graph({ multigraph: true });
  dagre.setGraph({ rankdir: "TB", nodesep: GAP.node, ranksep: GAP.rank, edgesep: 12 });
  for (const node of nodes) {
    const inside = layoutInside(node, index, depth + 1);
    if (inside) insides.set(node.path, inside);
    dagre.setNode(
      node.path,
      inside ? getSize(inside) : { width: computeWidth(node, index), height: NODE.height },
    );
  }
  const edges = index.edgesIn.get(scope) ?? [];
  edges.forEach((edge, at) => {
    const width = findLabel(edge, index)?.width ?? 0;
    dagre.setEdge(
      edge.from,
      edge.to,
      {
        ...(width && { width, height: 20 }),
        labelpos: "c",
        weight: edge.kind === "dependency" ? 2 : 1,
      },
      String(at),
    );
  });
  arrange(dagre);
  const placed: GraphLayout = {
    width: dagre.graph().width ?? 0,
    height: dagre.graph().height ?? 0,
    nodes: [],
    groups: [],
    edges: edges.map((edge, at) =>
      placeEdge(edge, findLabel(edge, index), dagre.edge(edge.from, edge.to, String(at))),
    ),
  };
  for (const node of nodes) {
    const { x = 0, y = 0, width = 0, height = 0 } = dagre.node(node.path);
    const box = { x: x - width / 2, y: y - height / 2, width, height };
    const group = index.groups.get(node.path);
    const inside = insides.get(node.path);
    placed.nodes.push({ node, isGroup: inside !== undefined, ...box });
    if (!group || !inside) continue;
    placed.groups.push({ group, depth, ...box });
    join(placed, inside, box);
  }
  return placed;
}

/** The contents of a loop or parallel, in pixels from the corner of its box. */
function layoutInside(node: GraphNode, index: Index, depth: number): GraphLayout | undefined {
  const group = index.groups.get(node.path);
  if (!group) return undefined;
  const offset = { x: PADDING, y: HEAD.group };
  const minWidth = computeWidth(node, index);
  if (group.kind === "loop") return addBox(layoutScope(node.path, index, depth), offset, minWidth);
  const row: GraphLayout = { width: 0, height: 0, nodes: [], groups: [], edges: [] };
  for (const branch of index.branchesOf.get(node.path) ?? []) {
    const head = { x: PADDING, y: HEAD.branch };
    const inside = addBox(layoutScope(branch.path, index, depth + 1), head, NODE.width);
    const at = { x: row.width === 0 ? 0 : row.width + GAP.branch, y: 0 };
    row.groups.push({ group: branch, depth, ...at, ...getSize(inside) });
    join(row, inside, at);
    row.width = at.x + inside.width;
    row.height = Math.max(row.height, inside.height);
  }
  for (const placed of row.groups) if (placed.depth === depth) placed.height = row.height;
  return addBox(row, offset, minWidth);
}

/** Puts a layout into a box with space for its heading and padding. */
function addBox(inside: GraphLayout, offset: Point, minWidth: number): GraphLayout {
  const box: GraphLayout = {
    width: Math.max(inside.width + 2 * PADDING, minWidth),
    height: inside.height + offset.y + PADDING,
    nodes: [],
    groups: [],
    edges: [],
  };
  const centred = (box.width - inside.width) / 2;
  join(box, inside, { x: centred, y: offset.y });
  return box;
}

function join(outer: GraphLayout, inner: GraphLayout, by: Point): void {
  const move = <T extends Point>(thing: T): T => ({
    ...thing,
    x: thing.x + by.x,
    y: thing.y + by.y,
  });
  outer.nodes.push(...inner.nodes.map(move));
  outer.groups.push(...inner.groups.map(move));
  outer.edges.push(
    ...inner.edges.map((edge) => ({
      ...edge,
      points: edge.points.map(move),
      ...(edge.label && { label: move(edge.label) }),
    })),
  );
}

function placeEdge(
  edge: GraphEdge,
  label: { text: string; width: number } | undefined,
  placed: { points?: Point[]; x?: number; y?: number },
): PlacedEdge {
  const points = placed.points ?? [];
  if (!label || placed.x === undefined || placed.y === undefined) return { edge, points };
  return { edge, points, label: { ...label, x: placed.x, y: placed.y } };
}

/** The truncated label of an edge in a box with padding. */
function findLabel({ label = "" }: GraphEdge, { texts }: Index) {
  const found = texts.labels.get(label);
  return found && { ...found, width: Math.ceil(found.width) + 2 * LABEL_PADDING };
}

function computeWidth({ id, type }: GraphNode, { texts }: Index): number {
  const minWidth = type === "condition" || type === "switch" ? ROUTER : NODE.width;
  const wanted = Math.ceil(texts.names.get(id) ?? 0) + BESIDE_NAME;
  return Math.min(Math.max(wanted, minWidth), NODE.maxWidth);
}

function getSize({ width, height }: GraphLayout) {
  return { width, height };
}
