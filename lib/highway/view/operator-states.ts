import type { Uuid } from "../../model/ids.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Pausing } from "../../model/work/turns.ts";
import type { Circuit, WorkflowRunDetail } from "../../model/workflow.ts";
import type { WorkflowGraph } from "../graph/graph.ts";
import type { OperatorTrace } from "../machine/replay.ts";
import { replayInTurns } from "../machine/replay.ts";
import type { Workflow } from "../model/workflow.ts";
import { collectRecords, parseValue, type TaskHistory } from "./records.ts";
import { createResolver, findOwner, type Resolve } from "./resolve-step.ts";

/** `skipped` and `upstream_failed`: it did not run and will not. */
export type NodeState = OperatorTrace["state"];

/** The state of one operator, over all rounds and tasks. */
export type NodeStatus = {
  state: NodeState;
  /** Whether it is deduced from its surroundings: the engine records an operator only when it ends. */
  inferred: boolean;
  /** The total of all rounds that ended, in milliseconds; `null` while none has. */
  took: number | null;
  /** The start of the current round, in milliseconds. */
  since: number | null;
  /** The number of executions that ended: more than one in a loop. */
  results: number;
  /** For a loop: rounds that ended, and their total; `null` while the total is open. */
  rounds: { done: number; total: number | null } | null;
  /** For a reflexive operator: generations of the last attempt, and their maximum. */
  turns: { taken: number; most: number } | null;
  /** The maximum number of attempts in one round. */
  attempts: number;
  /** For a condition or switch: the operator it leads to, unless rounds differ. */
  chosen: string | null;
  failure: { type: string; message: string } | null;
  /** Whether it failed and its handler completed. */
  isHandled: boolean;
  /** The task that executes it. */
  task: { queue: string; taskId: string } | null;
  /** Set for a sleeping wait for an event. */
  awaited: { queue: string; event: string } | null;
  /** For a choice that was made: the names of the branches that run, unless rounds differ. */
  chosenBranches: readonly string[] | null;
  /** For an operator that has started child workflows: all of them, in every round and attempt. */
  children: { name: string; workflowRunId: Uuid }[];
  /** The state of its circuit breaker, once that has counted anything. */
  circuit: Circuit | null;
};

/** The state of an operator whose rounds differ in state: the first of these. */
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

/** The state of every operator of a run, by its path in the definition, from what its tasks recorded. It pauses. */
export function* computeOperatorStates(
  workflow: Workflow,
  graph: WorkflowGraph,
  detail: WorkflowRunDetail,
  histories: readonly TaskHistory[],
): Pausing<Map<string, NodeStatus>> {
  const resolve = createResolver(graph.nodes);
  const records = collectRecords(detail, resolve);
  yield;
  const ends = detail.records[detail.run.rootTaskId ?? ""]?.ends ?? {};
  const byNode = new Map<string, OperatorTrace[]>(graph.nodes.map(({ path }) => [path, []]));
  yield;
  const traces = yield* replayInTurns(workflow, records, ends);
  yield;
  for (const trace of traces.values()) byNode.get(trace.path)?.push(trace);
  yield;
  const times = listTimes(histories, resolve);
  yield;
  const executorOf = findExecutors(histories, detail);
  const goesOn = ["pending", "running", "sleeping"].includes(records.root ?? "");
  const statuses = new Map<string, NodeStatus>();
  const awaited = listAwaitedEvents(histories, resolve);
  const children = listChildren(detail, resolve);
  for (const { path, scope, type } of graph.nodes) {
    if (statuses.size % 100 === 0) yield;
    const group = statuses.get(scope)?.state;
    const isOpen =
      goesOn && (group === undefined || ["pending", "running", "sleeping"].includes(group));
    const status = combine(byNode.get(path) ?? [], isOpen, times, executorOf);
    const isWaiting = status.state === "sleeping" && type === "wait_for_event";
    statuses.set(path, {
      ...status,
      ...(isWaiting && { awaited: awaited.get(path) ?? null }),
      ...(type === "child_workflow" && { children: children.get(path) ?? [] }),
    });
  }
  return statuses;
}

/** The event that each operator waits for, from the engine's wait rows or else the interpreter's notes. */
function listAwaitedEvents(histories: readonly TaskHistory[], resolve: Resolve) {
  const awaited = new Map<string, { queue: string; event: string }>();
  for (const { detail } of histories) {
    const { queue } = detail.task;
    for (const { name, state } of detail.checkpoints) {
      const step = name.endsWith("/waiting") ? resolve(name) : undefined;
      const note = step && state?.text !== undefined ? parseValue(state.text) : undefined;
      const event = isObject(note) ? note.event : undefined;
      if (step && typeof event === "string") awaited.set(step.path, { queue, event });
    }
    for (const { stepName, eventName } of detail.waits) {
      const step = resolve(stepName);
      if (step) awaited.set(step.path, { queue, event: eventName });
    }
  }
  return awaited;
}

/** The child workflows that each operator has started. */
function listChildren({ tasks, records }: WorkflowRunDetail, resolve: Resolve) {
  const children = new Map<string, NodeStatus["children"]>();
  for (const { task, checkpoints } of tasks)
    for (const { name } of checkpoints) {
      const started = records[task.taskId]?.values[name]?.children;
      const path = started && resolve(name)?.path;
      if (!path) continue;
      const list = Object.entries(started).map(([child, workflowRunId]) => ({
        name: child,
        workflowRunId,
      }));
      children.set(path, [...(children.get(path) ?? []), ...list]);
    }
  return children;
}

function combine(
  traces: readonly OperatorTrace[],
  isOpen: boolean,
  times: Times,
  executorOf: ReturnType<typeof findExecutors>,
): NodeStatus {
  const current = traces.filter(({ isSuperseded }) => !isSuperseded);
  const recorded = ORDER.find((one) => current.some((trace) => trace.state === one));
  const telling = current.findLast((trace) => trace.state === recorded);
  // The interpreter reports operators stopped by the end of the run as skipped, like operators that never started.
  const isStopped = recorded === "skipped" && current.some(({ instance }) => times.has(instance));
  const state = isStopped ? "cancelled" : recorded;
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
    turns: telling.turns,
    attempts: hasRun ? Math.max(...traces.map(({ attempts }) => attempts)) : 0,
    chosen: sameIn(current, (trace) => trace.chosen),
    failure: telling.failure,
    isHandled: current.some((trace) => trace.isHandled),
    task: hasRun ? (executor?.task ?? null) : null,
    awaited: null,
    chosenBranches: sameIn(current, (trace) => trace.chosenBranches),
    children: [],
    circuit: null,
  };
}

/** The value shared by all rounds that have one; `null` if they differ. */
function sameIn<T>(
  traces: readonly OperatorTrace[],
  getValue: (trace: OperatorTrace) => T | null,
): T | null {
  const values = traces.map(getValue).filter((value) => value !== null);
  const isSame = new Set(values.map((value) => JSON.stringify(value))).size === 1;
  return isSame ? (values[0] ?? null) : null;
}

const UNSEEN: Omit<NodeStatus, "state"> = {
  inferred: true,
  took: null,
  since: null,
  results: 0,
  rounds: null,
  turns: null,
  attempts: 0,
  chosen: null,
  failure: null,
  isHandled: false,
  task: null,
  awaited: null,
  chosenBranches: null,
  children: [],
  circuit: null,
};

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

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

/** The first and the last known instant of each operator, by its path in the run; in milliseconds. */
type Times = Map<string, { from: number; to: number }>;

/** When operators ran, by the timelines of the tasks; loops and parallels from the first to the last span inside. */
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

type Executor = { task: { queue: string; taskId: string }; busySince: number | null };

/** The task that executes the operator at a path in the run, and since when it has been doing unrecorded work. */
function findExecutors(histories: readonly TaskHistory[], detail: WorkflowRunDetail) {
  const { rootTaskId } = detail.run;
  const parts = new Map<string, Executor>();
  let root: Executor | undefined;
  for (const history of histories) {
    const { queue, taskId } = history.detail.task;
    const open = history.timeline.lanes.at(-1)?.spans.findLast(({ end }) => end === "open");
    const busySince = open?.kind === "working" ? open.from : null;
    const executor = { task: { queue, taskId }, busySince };
    if (taskId === rootTaskId) root = executor;
    else parts.set(findOwner(history.detail, detail), executor);
  }
  return (instance: string): Executor | undefined => {
    let found = parts.get(instance);
    for (let at = instance; !found && at !== ""; at = at.slice(0, Math.max(at.lastIndexOf("/"), 0)))
      found = parts.get(at);
    return found ?? root;
  };
}
