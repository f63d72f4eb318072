import type { WorkflowRunDetail } from "../../model/workflow.ts";
import type { WorkflowGraph } from "../graph/graph.ts";
import type { OperatorTrace } from "../machine/replay.ts";
import { replayRun } from "../machine/replay.ts";
import type { Workflow } from "../model/workflow.ts";
import { collectRecords, type TaskHistory } from "./records.ts";
import { createResolver, ownerOf, type Resolve } from "./resolve-step.ts";

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
export function computeOperatorStates(
  workflow: Workflow,
  graph: WorkflowGraph,
  detail: WorkflowRunDetail,
  histories: readonly TaskHistory[],
): Map<string, NodeStatus> {
  const resolve = createResolver(graph.nodes);
  const records = collectRecords(detail, resolve);
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

/** From the first to the last that is known of an operator, by its path in the run; in milliseconds. */
type Times = Map<string, { from: number; to: number }>;

/** When operators ran, as the timelines of the tasks tell; loops and parallels from the first to the last inside. */
function listTimes(histories: readonly TaskHistory[], resolve: Resolve): Times {
  const times: Times = new Map();
  const extend = (instance: string, { from, to }: { from: number; to: number }) => {
    const known = times.get(instance);
    times.set(instance, {
      from: Math.min(known?.from ?? from, from),
      to: Math.max(known?.to ?? to, to),
    });
  };
  for (const { timeline } of histories)
    for (const { spans } of timeline.lanes)
      for (const span of spans) {
        const step = "step" in span ? resolve(span.step) : undefined;
        if (!step) continue;
        extend(step.instance, span);
        for (const around of listAround(step.instance)) extend(around, span);
      }
  return times;
}

/** The loops and parallels around a path in the run: `a[1]/p.left/x` lies in `a` and `a[1]/p`. */
function listAround(instance: string): string[] {
  return [...instance.matchAll(/(?:~\d+)?(?:\[\d+\]|\.[^/.[~@]+)\//g)].map(({ index }) =>
    instance.slice(0, index),
  );
}

/** The task that executes the operator at a path in the run, and since when it has been at work on what is not recorded yet. */
function findExecutors(histories: readonly TaskHistory[], detail: WorkflowRunDetail) {
  const { rootTaskId } = detail.run;
  const parts = new Map(
    histories.flatMap((history): [string, TaskHistory][] =>
      history.detail.task.taskId === rootTaskId ? [] : [[ownerOf(history.detail, detail), history]],
    ),
  );
  const root = histories.find(({ detail: { task } }) => task.taskId === rootTaskId);
  return (instance: string) => {
    let found = parts.get(instance);
    for (let at = instance; !found && at !== ""; at = at.slice(0, Math.max(at.lastIndexOf("/"), 0)))
      found = parts.get(at);
    const history = found ?? root;
    if (!history) return undefined;
    const { queue, taskId } = history.detail.task;
    const open = history.timeline.lanes.at(-1)?.spans.findLast(({ end }) => end === "open");
    return { task: { queue, taskId }, busySince: open?.kind === "working" ? open.from : null };
  };
}
