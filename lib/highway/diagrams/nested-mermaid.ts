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

const STYLES = {
  condition: "fill:#2c3e50,stroke:#f1c40f,stroke-width:2px,color:white",
  parallel: "fill:#2c3e50,stroke:#3498db,stroke-width:2px,color:white",
  loop: "fill:#2c3e50,stroke:#e67e22,stroke-width:2px,color:white",
  event: "fill:#2c3e50,stroke:#9b59b6,stroke-width:2px,color:white",
  wait: "fill:#2c3e50,stroke:#95a5a6,stroke-width:2px,color:white",
  error: "fill:#c0392b,stroke:#e74c3c,stroke-width:2px,color:white",
  reflexive: "fill:#2c3e50,stroke:#ff00ff,stroke-width:2px,color:white",
};

/**
 * The state diagram of a workflow as version 2.2.0 of the Python package draws it, except its `classDef default`,
 * which mermaid refuses. Bodies of loops are drawn in the loop and again next to it. Only quotes in labels and the
 * usual separators in ids are replaced, so unusual ids and texts can produce a diagram that mermaid refuses;
 * `toRichMermaid` is safe.
 */
export function toNestedMermaid(workflow: Workflow): string {
  return [
    "stateDiagram-v2",
    ...Object.entries(STYLES).map(([name, style]) => `    classDef ${name} ${style};`),
    ...indent(drawScope(workflow.tasks, workflow.start_task)),
  ].join("\n");
}

function drawScope(tasks: Workflow["tasks"], start: string | null): string[] {
  const sorted = listSorted(tasks);
  const ends = listEnds(tasks);
  return [
    ...sorted.flatMap(([key, operator]) => drawOperator(key, operator)),
    ...listStarts(tasks, start).map((key) => `[*] --> ${toDiagramId(key)}`),
    ...sorted.flatMap(([key, operator]) => {
      const id = toDiagramId(key);
      return [
        ...[...operator.dependencies]
          .sort(compareCodePoints)
          .filter((dependency) => Object.hasOwn(tasks, dependency))
          .map((dependency) => `${toDiagramId(dependency)} --> ${id}`),
        ...listLabelledEdges(operator, tasks).map(
          ({ to, label }) => `${id} --> ${toDiagramId(to)} : ${label}`,
        ),
        ...(ends.has(key) ? [`${id} --> [*]`] : []),
      ];
    }),
  ];
}

function drawOperator(key: string, operator: Operator): string[] {
  const id = toDiagramId(key);
  const label = (operator.description || key).replaceAll('"', "'");
  const note = operator.description ? [`note right of ${id}: ${operator.operator_type}`] : [];
  const state = (suffix: string, style?: keyof typeof STYLES, inside?: string[]) => [
    `state "${label}${suffix}" as ${id}${inside ? " {" : ""}`,
    ...(inside ? [...indent(inside), "}"] : []),
    ...(style ? [`class ${id} ${style}`] : []),
    ...note,
  ];
  switch (operator.operator_type) {
    case "parallel":
      return state("", "parallel", drawBranches(id, operator.branch_workflows));
    case "foreach":
      return state(" (ForEach)", "loop", drawScope(bodyTasks(operator.loop_body), null));
    case "while":
      return state(" (While)", "loop", drawScope(bodyTasks(operator.loop_body), null));
    case "condition":
      return state("?", "condition");
    case "switch":
      return state(" (Switch)", "condition");
    case "emit_event":
    case "wait_for_event":
      return state("", "event");
    case "wait":
      return state("", "wait");
    case "reflexive":
      return state(" (Reflexive)", "reflexive");
    default:
      return state("");
  }
}

function drawBranches(id: string, branches: Record<string, Workflow>): string[] {
  const names = Object.keys(branches).sort(compareCodePoints);
  return names.flatMap((name, index) => {
    const branch = branches[name];
    return [
      ...(index === 0 ? [] : ["--"]),
      `state "${name}" as ${id}_${toDiagramId(name)} {`,
      ...indent(branch ? drawScope(branch.tasks, branch.start_task) : []),
      "}",
    ];
  });
}
