import type { WorkflowRunDetail } from "@/lib/analytics/workflow-types";
import type { WorkflowGraph } from "@/lib/highway/graph";
import type { Workflow } from "@/lib/highway/model/workflow";
import { replayRun } from "@/lib/highway/trace/replay";
import type { OperatorTrace } from "@/lib/highway/trace/trace";
import type { TaskHistory } from "../run/task-history";
import { findExecutors, listTimes, type Times } from "./operator-times";
import { readRecords } from "./read-records";
import { createResolver } from "./resolve-step";

/** `skipped` and `upstream_failed`: it did not run and will not. */
export type NodeState = OperatorTrace["state"];

/** What is known of one operator, over all rounds and tasks. */
export type NodeStatus = {
  state: NodeState;
  /** Deduced from what is around it: the engine records an operator only when it ends. */
  inferred: boolean;
  /** How long it took, all rounds together, in milliseconds; `null` while that is not known. What goes on is not part of it. */
  took: number | null;
  /** When what goes on now began, in milliseconds. */
  since: number | null;
  /** How often it came to an end: more than once in a loop. */
  results: number;
  /** Of a loop: rounds that ended, and of how many; `null` while that is open. */
  rounds: { done: number; total: number | null } | null;
  /** The most that a round needed, or needs so far. */
  attempts: number;
  /** Of a condition or switch: the operator it leads to. */
  chosen: string | null;
  failure: { type: string; message: string } | null;
  /** It failed, and its handler did what it should. */
  isHandled: boolean;
  /** The task that executes it. */
  task: { queue: string; taskId: string } | null;
};

/** In which state an operator is whose rounds are in several: the first of these. */
const ORDER: readonly NodeState[] = [
  "running",
  "sleeping",
  "failed",
  "completed",
  "cancelled",
  "upstream_failed",
  "pending",
  "skipped",
];

/** The state of every operator of a run, by its path in the definition, from what its tasks recorded. */
export function deriveNodeStates(
  workflow: Workflow,
  graph: WorkflowGraph,
  detail: WorkflowRunDetail,
  histories: readonly TaskHistory[],
): Map<string, NodeStatus> {
  const resolve = createResolver(graph.nodes);
  const records = readRecords(detail, resolve);
  const ends = detail.records[detail.run.rootTaskId ?? ""]?.ends ?? {};
  const byNode = new Map<string, OperatorTrace[]>(graph.nodes.map(({ path }) => [path, []]));
  for (const trace of replayRun(workflow, records, ends).values())
    byNode.get(trace.path)?.push(trace);
  const times = listTimes(histories, resolve);
  const executorOf = findExecutors(histories, detail);
  const goesOn = ["pending", "running", "sleeping"].includes(records.root ?? "");
  const statuses = new Map<string, NodeStatus>();
  for (const { path, scope } of graph.nodes) {
    const group = statuses.get(scope)?.state;
    const isOpen =
      goesOn && (group === undefined || ["pending", "running", "sleeping"].includes(group));
    statuses.set(path, combine(byNode.get(path) ?? [], isOpen, times, executorOf));
  }
  return statuses;
}

function combine(
  traces: readonly OperatorTrace[],
  isOpen: boolean,
  times: Times,
  executorOf: ReturnType<typeof findExecutors>,
): NodeStatus {
  const current = traces.filter(({ isSuperseded }) => !isSuperseded);
  const state = ORDER.find((one) => current.some((trace) => trace.state === one));
  const telling = current.findLast((trace) => trace.state === state);
  if (!state || !telling) return { ...UNSEEN, state: isOpen ? "pending" : "skipped" };
  const executor = executorOf(telling.instance);
  const isBusy = state === "running" || state === "sleeping";
  const own = isBusy ? times.get(telling.instance) : undefined;
  const ended = traces.flatMap((trace) => {
    const time = times.get(trace.instance);
    return time && !(isBusy && trace === telling) ? [time.to - time.from] : [];
  });
  const hasRun = state !== "pending" && state !== "skipped" && state !== "upstream_failed";
  const rounds = current.flatMap((trace) => trace.rounds ?? []);
  return {
    state,
    inferred: telling.inferred,
    took: ended.length > 0 ? sum(ended) : null,
    since: isBusy ? (own?.from ?? executor?.busySince ?? null) : null,
    results: current.filter((trace) => trace.state === "completed" || trace.state === "failed")
      .length,
    rounds: rounds.length > 0 ? addRounds(rounds) : null,
    attempts: hasRun ? Math.max(...traces.map(({ attempts }) => attempts)) : 0,
    chosen: telling.chosen,
    failure: telling.failure,
    isHandled: current.some((trace) => trace.isHandled),
    task: hasRun ? (executor?.task ?? null) : null,
  };
}

const UNSEEN: Omit<NodeStatus, "state"> = {
  inferred: true,
  took: null,
  since: null,
  results: 0,
  rounds: null,
  attempts: 0,
  chosen: null,
  failure: null,
  isHandled: false,
  task: null,
};

function addRounds(rounds: { done: number; total: number | null }[]) {
  const totals = rounds.flatMap(({ total }) => total ?? []);
  return {
    done: sum(rounds.map(({ done }) => done)),
    total: totals.length === rounds.length ? sum(totals) : null,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
