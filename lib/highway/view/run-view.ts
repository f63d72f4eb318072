import type { WorkflowRunDetail } from "../../model/workflow.ts";
import { buildTimeline } from "../../timeline/build-timeline.ts";
import { buildGraph } from "../graph/graph.ts";
import type { Workflow } from "../model/workflow.ts";
import { type AnnotatedTask, annotateTasks } from "./annotate-tasks.ts";
import { computeOperatorStates, type NodeStatus } from "./operator-states.ts";
import { createResolver } from "./resolve-step.ts";

/** What a page shows of a run, as plain JSON values: a server computes it once a reading, and browsers draw it. */
export type RunView = {
  /** By the operator's path in the definition; empty without a definition. */
  operators: Record<string, NodeStatus>;
  /** In the order of `detail.tasks`. */
  tasks: AnnotatedTask[];
};

/** The states and times of all operators of a run, and its annotated timeline, as of `detail.now`. */
export function computeRunView(workflow: Workflow | null, detail: WorkflowRunDetail): RunView {
  const graph = workflow && buildGraph(workflow);
  const histories = detail.tasks.map((task) => ({
    detail: task,
    timeline: buildTimeline(task, detail.now),
  }));
  const operators =
    workflow && graph ? computeOperatorStates(workflow, graph, detail, histories) : [];
  return {
    operators: Object.fromEntries(operators),
    tasks: annotateTasks(histories, detail, createResolver(graph?.nodes ?? [])),
  };
}
