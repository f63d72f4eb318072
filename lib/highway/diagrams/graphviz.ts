import { listEntries } from "../language/key-order.ts";
import { compareCodePoints } from "../model/code-points.ts";
import type { Operator, Workflow } from "../model/workflow.ts";
import {
  bodyTasks,
  indent,
  listEnds,
  listLabelledEdges,
  listSorted,
  listStarts,
  toDiagramId,
} from "./task-maps.ts";

const HEADER = [
  "bgcolor=transparent;",
  "rankdir=TB;",
  'node [shape=box, style="filled,rounded", fontname="Arial", fontsize=10, fontcolor=white, fillcolor="#1a1a1a", color="#444444", penwidth=1];',
  'edge [fontname="Arial", fontsize=9, color="#666666", arrowsize=0.7];',
];

const ENDS = [
  'start [label="START", shape=circle, fillcolor="#2ecc71", width=0.5, style=filled];',
  'end [label="END", shape=doublecircle, fillcolor="#e74c3c", width=0.5, style=filled];',
];

const SHAPES: Partial<Record<Operator["operator_type"], string>> = {
  condition: 'shape=diamond, fillcolor="#f1c40f", fontcolor=black',
  switch: 'shape=diamond, fillcolor="#f1c40f", fontcolor=black',
  emit_event: 'shape=cds, fillcolor="#9b59b6"',
  wait_for_event: 'shape=cds, fillcolor="#9b59b6"',
  wait: 'shape=hourglass, fillcolor="#95a5a6"',
  reflexive: 'shape=component, fillcolor="#ff00ff"',
};

const EDGES = {
  true: ', color="#2ecc71", fontcolor="#2ecc71"',
  false: ', color="#e74c3c", fontcolor="#e74c3c"',
  case: "",
  default: ", style=dashed",
  success: ', color="#2ecc71", style=dotted',
  failure: ', color="#e74c3c", style=dotted',
};

/**
 * A workflow in the Graphviz language, as version 2.2.0 of the Python package draws it, except that labels are
 * escaped and ids never parse as keywords. A loop or parallel is a cluster and a node of the same id; its edges
 * are at the node.
 */
export function toGraphviz(workflow: Workflow): string {
  return [
    "digraph workflow {",
    ...indent(HEADER),
    "",
    ...indent(ENDS),
    "",
    ...indent(drawScope(workflow.tasks, workflow.start_task, true)),
    "}",
  ].join("\n");
}

function drawScope(tasks: Workflow["tasks"], start: string | null, isTop: boolean): string[] {
  const sorted = listSorted(tasks);
  const ends = listEnds(tasks);
  const edges = sorted.flatMap(([key, operator]) => [
    ...[...operator.dependencies]
      .sort(compareCodePoints)
      .filter((dependency) => Object.hasOwn(tasks, dependency))
      .map((dependency) => `${toNodeId(dependency)} -> ${toNodeId(key)};`),
    ...listLabelledEdges(operator, tasks).map(
      ({ to, label, kind }) =>
        `${toNodeId(key)} -> ${toNodeId(to)} [label="${escapeLabel(label)}"${EDGES[kind]}];`,
    ),
    ...(isTop && ends.has(key) ? [`${toNodeId(key)} -> end;`] : []),
  ]);
  const starts = isTop ? listStarts(tasks, start) : [];
  return [
    ...sorted.flatMap(([key, operator]) => drawOperator(key, operator)),
    ...starts.map((key) => `start -> ${toNodeId(key)};`),
    ...edges,
  ];
}

function drawOperator(key: string, operator: Operator): string[] {
  const label = escapeLabel(operator.description || key);
  const id = toNodeId(key);
  switch (operator.operator_type) {
    case "parallel":
      return [
        ...drawCluster(toDiagramId(key), label, "#3498db", [
          ...listEntries(operator.branch_workflows).flatMap(([name, branch]) =>
            drawBranch(`${toDiagramId(key)}_${toDiagramId(name)}`, name, branch),
          ),
        ]),
        `${id} [label="FORK: ${label}", shape=diamond, fillcolor="#3498db", style=filled];`,
      ];
    case "foreach":
    case "while":
      return [
        ...drawCluster(
          toDiagramId(key),
          `${label} Loop`,
          "#e67e22",
          drawScope(bodyTasks(operator.loop_body), null, false),
        ),
        `${id} [label="${label}", shape=hexagon, fillcolor="#e67e22", style=filled];`,
      ];
    default: {
      const shape = SHAPES[operator.operator_type];
      return [`${id} [label="${label}"${shape ? `, ${shape}` : ""}];`];
    }
  }
}

function drawCluster(id: string, label: string, color: string, inside: string[]): string[] {
  return [
    `subgraph ${quoteId(`cluster_${id}`)} {`,
    ...indent([
      `label="${label}";`,
      'style="dashed,rounded";',
      `color="${color}";`,
      `fontcolor="${color}";`,
      ...inside,
    ]),
    "}",
  ];
}

function drawBranch(id: string, name: string, branch: Workflow): string[] {
  return [
    `subgraph ${quoteId(`cluster_${id}`)} {`,
    ...indent([
      `label="${escapeLabel(name)}";`,
      'color="#95a5a6";',
      'fontcolor="#95a5a6";',
      ...drawScope(branch.tasks, branch.start_task, false),
    ]),
    "}",
  ];
}

/** Keywords are case-insensitive; `start` and `end` are the circles of the diagram. */
const RESERVED =
  /^(?:start|end|(?:[Nn][Oo][Dd][Ee]|[Ee][Dd][Gg][Ee]|(?:[Dd][Ii]|[Ss][Uu][Bb])?[Gg][Rr][Aa][Pp][Hh]|[Ss][Tt][Rr][Ii][Cc][Tt]))$/;

function toNodeId(key: string): string {
  const id = toDiagramId(key);
  return RESERVED.test(id) ? `${id}_` : quoteId(id);
}

/** Any text other than a plain word must be quoted. */
function quoteId(id: string): string {
  return /^[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*$/.test(id) ? id : `"${escapeLabel(id)}"`;
}

function escapeLabel(text: string): string {
  return text.replace(/["\\]/g, "\\$&");
}
