import type { Uuid } from "../../model/ids.ts";
import type { Iso } from "../../model/instants.ts";
import type { Payload } from "../../model/json.ts";
import type { Task, TaskDetail } from "../../model/task.ts";
import type { Pausing } from "../../model/work/turns.ts";
import type { Circuit, WorkflowRunDetail } from "../../model/workflow.ts";
import { buildTimeline } from "../../timeline/build-timeline.ts";
import { type AnnotatedTask, annotateTasks } from "./annotate-tasks.ts";
import type { CompiledDefinition } from "./definition-view.ts";
import { describeStep } from "./describe-step.ts";
import { computeOperatorStates, type NodeStatus } from "./operator-states.ts";
import { isInterpreted, parseValue, type TaskHistory } from "./records.ts";
import { createResolver, isDeadlineEntry } from "./resolve-step.ts";

/**
 * What a page shows of a run, as plain JSON values: a server computes it once per reading, and browsers draw it.
 * Tasks have only the checkpoints that their verdict needs; `listOperatorRecords` returns those of one operator.
 */
export type RunView = Omit<WorkflowRunDetail, "tasks" | "records"> & {
  /** By the operator's path in the definition; empty without a definition. */
  operators: Record<string, NodeStatus>;
  /** In the order of `WorkflowRunDetail`. */
  tasks: AnnotatedTask[];
  /** When the run must end; `null` without a deadline, and before its first start. */
  deadline: Iso | null;
  /** Why states may be incomplete: not all of the run's rows were fetched. `null` if they were. */
  partial: string | null;
};

/**
 * The states and times of all operators of a run, and its annotated timeline, as of `detail.now`. It pauses: a run has
 * up to two hundred tasks with two thousand steps each.
 */
export function* computeRunView(
  { workflow, view }: CompiledDefinition,
  { tasks, records, ...detail }: WorkflowRunDetail,
  circuits: readonly Circuit[] = [],
): Pausing<RunView> {
  const whole = { ...detail, tasks, records };
  const { graph } = view;
  const histories: TaskHistory[] = [];
  for (const task of tasks) {
    histories.push({ detail: task, timeline: buildTimeline(task, detail.now) });
    yield;
  }
  const resolve = createResolver(graph?.nodes ?? []);
  yield;
  const operators =
    workflow && graph
      ? yield* computeOperatorStates(workflow, graph, whole, histories)
      : new Map<string, NodeStatus>();
  for (const circuit of circuits) {
    const status = operators.get(circuit.operator);
    if (status) operators.set(circuit.operator, { ...status, circuit });
  }
  yield;
  const annotated = yield* annotateTasks(histories, whole, resolve);
  yield;
  return {
    ...detail,
    operators: Object.fromEntries(operators),
    tasks: annotated.map((task) => ({
      ...task,
      detail: { ...task.detail, checkpoints: listTelling(task.detail) },
    })),
    deadline: findDeadline(whole),
    partial: describeMissing(whole),
  };
}

/** The checkpoints that the verdict of a task refers to: the first and the last of its last attempt. */
function listTelling({ checkpoints, runs }: TaskDetail): TaskDetail["checkpoints"] {
  const last = runs.at(-1)?.runId;
  const own = checkpoints.filter(({ ownerRunId }) => ownerRunId === last);
  return [...new Set([own[0], own.at(-1), checkpoints.at(-1)])].flatMap((one) => one ?? []);
}

/** The interpreter records it at the first start of the root task. */
function findDeadline({ run, tasks }: WorkflowRunDetail): Iso | null {
  const root = tasks.find(({ task }) => task.taskId === run.rootTaskId);
  const record = root?.checkpoints.find(({ name }) => isDeadlineEntry(name));
  const value = record?.state?.text === undefined ? undefined : parseValue(record.state.text);
  return typeof value === "string" ? value : null;
}

function describeMissing({ tasks, linked, unreadable }: WorkflowRunDetail): string | null {
  if (unreadable)
    return "Not every queue could be read. Operators that tasks in the other queues execute may show an earlier state.";
  if (tasks.some(({ truncated }) => truncated))
    return "The run has more records than a page reads. States of operators whose records are missing are inferred.";
  if (linked.value > tasks.length)
    return `States are computed from ${tasks.length} of the run's tasks, the oldest. Operators that only other tasks execute may show an earlier state.`;
  return null;
}

/** One checkpoint that a task recorded for an operator. */
export type OperatorRecord = {
  task: Pick<Task, "queue" | "name"> & { taskId: Uuid };
  /** The checkpoint's name. */
  name: string;
  /** The name in words; unchanged for programs other than the interpreter. */
  words: string;
  state: Payload;
};

/** The checkpoints of one operator in the order of their tasks: results and the interpreter's internal steps. */
export function listOperatorRecords(
  { view }: CompiledDefinition,
  detail: WorkflowRunDetail,
  path: string,
): OperatorRecord[] {
  const resolve = createResolver(view.graph?.nodes ?? []);
  const interpreted = isInterpreted(detail);
  return detail.tasks.flatMap(({ task: { queue, name: taskName, taskId }, checkpoints }) =>
    checkpoints.flatMap(({ name, state }): OperatorRecord[] => {
      const step = resolve(name);
      if (step?.path !== path) return [];
      const recorded = detail.records[taskId]?.values[name];
      const words = interpreted ? describeStep(name, step, { state, recorded }).words : name;
      return [{ task: { queue, name: taskName, taskId }, name, words, state }];
    }),
  );
}
