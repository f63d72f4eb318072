import type { TaskState } from "@/lib/absurd/types";
import type { TaskDetail } from "@/lib/analytics/types";
import type { WorkflowRunDetail } from "@/lib/analytics/workflow-types";
import type { GraphEdge, GraphNode, WorkflowGraph } from "@/lib/highway/graph";
import type { Span, Timeline } from "@/lib/timeline/model";
import { createResolver } from "./resolve-step";

/** `skipped`: it did not run and will not. */
export type NodeState = TaskState | "skipped";

/** What is known of one operator, over all rounds and tasks. */
export type NodeStatus = {
  state: NodeState;
  /** Deduced from what is around it: the engine records an operator only when it ends. */
  inferred: boolean;
  /** Milliseconds; `null` while nothing is known. */
  from: number | null;
  to: number | null;
  /** Results that were recorded: more than one in a loop. */
  results: number;
  attempts: number;
  /** The task that executes it, where it has one of its own. */
  task: { queue: string; taskId: string } | null;
};

export type TaskHistory = { detail: TaskDetail; timeline: Timeline };

/**
 * The state of every operator of a run, from the checkpoints and waits of its tasks. An operator has ended when its result
 * is recorded; one is taken to be running when everything before it has ended and its run goes on.
 */
export function deriveNodeStates(
  graph: WorkflowGraph,
  detail: WorkflowRunDetail,
  histories: readonly TaskHistory[],
): Map<string, NodeStatus> {
  const statuses = collectEvidence(graph, detail, histories);
  const root = detail.run.rootState;
  const goesOn = root === "pending" || root === "running" || root === "sleeping";
  // Inner scopes come after their group in the document, so groups learn from what is inside of them first.
  for (const { path } of graph.groups.toReversed()) learnFromInside(path, statuses, goesOn);
  const incoming = indexEdges(graph.edges);
  for (const node of graph.nodes) {
    if (statuses.has(node.path)) continue;
    const state = goesOn
      ? inferState(node, incoming, statuses, root)
      : detail.run.rootState === null && detail.run.status === "pending"
        ? "pending"
        : "skipped";
    statuses.set(node.path, { ...NOTHING, state, inferred: state !== "pending" });
  }
  return statuses;
}

const NOTHING: NodeStatus = {
  state: "pending",
  inferred: false,
  from: null,
  to: null,
  results: 0,
  attempts: 0,
  task: null,
};

function collectEvidence(
  { nodes }: WorkflowGraph,
  { run }: WorkflowRunDetail,
  histories: readonly TaskHistory[],
): Map<string, NodeStatus> {
  const resolve = createResolver(nodes);
  const statuses = new Map<string, NodeStatus>();
  const note = (path: string, change: Partial<NodeStatus>) =>
    statuses.set(path, { ...NOTHING, ...statuses.get(path), ...change });

  for (const { detail, timeline } of histories) {
    const { task } = detail;
    const own = ownerOf(detail, run.workflowRunId);
    const ref = task.taskId === run.rootTaskId ? undefined : resolve(own);
    if (ref)
      note(ref.path, {
        state: task.state,
        attempts: task.attempts,
        task: { queue: task.queue, taskId: task.taskId },
        from: timeline.from,
        to: timeline.to,
      });
    for (const { name, state } of detail.checkpoints) {
      const step = resolve(name);
      const before = step && statuses.get(step.path);
      const attempt = Number(/^attempt\/(\d+)$/.exec(step?.note ?? "")?.[1] ?? 0);
      if (step?.note === "" || step?.note === "failed") {
        const ended = step.note === "failed" ? "failed" : outcomeOf(state?.text);
        // In a loop one failed round outweighs those that went well.
        const outcome = before?.results && before.state === "failed" ? "failed" : ended;
        note(step.path, { state: outcome, results: (before?.results ?? 0) + 1 });
      } else if (step && attempt > 0)
        note(step.path, {
          state: before?.results ? before.state : "running",
          attempts: Math.max(before?.attempts ?? 1, attempt + 1),
        });
    }
    for (const span of timeline.lanes.flatMap((lane) => lane.spans)) {
      const step = "step" in span ? resolve(span.step) : undefined;
      if (step) note(step.path, extend(statuses.get(step.path), span));
    }
  }
  return statuses;
}

/** What says which operator a task executes: its key, as the interpreter makes it, or its name. */
export function ownerOf({ task }: TaskDetail, workflowRunId: string): string {
  const key = task.idempotencyKey;
  return key?.startsWith(`${workflowRunId}:`) ? key.slice(workflowRunId.length + 1) : task.name;
}

/** A result that says of itself how it ended is taken at its word. */
function outcomeOf(text: string | undefined): NodeState {
  const status = /^\{"(?:status|state)": ?"(failed|skipped|cancelled|upstream_failed)"/.exec(
    text ?? "",
  )?.[1];
  if (status === "upstream_failed") return "skipped";
  return (status as NodeState | undefined) ?? "completed";
}

function extend(status: NodeStatus | undefined, span: Span): Partial<NodeStatus> {
  const waits = span.kind === "sleep" || span.kind === "event-wait";
  const state = span.end === "open" && waits && !status?.results ? "sleeping" : undefined;
  return {
    ...(state ? { state } : {}),
    // Evidence without a result: it began.
    ...(!status && !state ? { state: "running" as const } : {}),
    from: Math.min(status?.from ?? span.from, span.from),
    to: Math.max(status?.to ?? span.to, span.to),
  };
}

/** A loop or parallel without a result of its own is as far as what is inside of it. */
function learnFromInside(path: string, statuses: Map<string, NodeStatus>, goesOn: boolean): void {
  const inside = [...statuses].filter(
    ([inner]) => inner.startsWith(`${path}/`) || inner.startsWith(`${path}.`),
  );
  const own = statuses.get(path);
  if (inside.length === 0) return;
  const from = least([own?.from ?? null, ...inside.map(([, status]) => status.from)]);
  if (own?.results) {
    // Its own checkpoint tells only how long its result took to write.
    statuses.set(path, { ...own, from });
    return;
  }
  const states = inside.map(([, status]) => status.state);
  const open = states.find((state) => state === "running" || state === "sleeping");
  const ended = states.includes("failed") ? "failed" : "completed";
  statuses.set(path, {
    ...NOTHING,
    ...own,
    inferred: true,
    state: open ?? (goesOn ? "running" : ended),
    from,
    to: greatest(inside.map(([, status]) => status.to)),
  });
}

function inferState(
  node: GraphNode,
  incoming: Map<string, GraphEdge[]>,
  statuses: Map<string, NodeStatus>,
  root: TaskState | null,
): NodeState {
  const edges = incoming.get(node.path) ?? [];
  const before = edges.map((edge) => statuses.get(edge.from)?.state ?? "pending");
  const routed = edges.filter(({ kind }) => ROUTES.has(kind));
  if (routed.length > 0 || node.isHandler) {
    const chosenElsewhere = routed.some(({ from }) => hasChosen(from, incoming, statuses));
    return chosenElsewhere ? "skipped" : "pending";
  }
  if (before.length > 0 && before.every((state) => state === "skipped")) return "skipped";
  if (!before.every((state) => state === "completed" || state === "skipped")) return "pending";
  const inside = node.scope === "" ? undefined : statuses.get(node.scope)?.state;
  if (node.scope !== "" && inside !== "running") return "pending";
  if (root === "sleeping") return node.type.startsWith("wait") ? "sleeping" : "pending";
  return root === "running" ? "running" : "pending";
}

const ROUTES: ReadonlySet<string> = new Set(["true", "false", "case", "default"]);

/** Whether one of a router's targets is known to have run. */
function hasChosen(
  router: string,
  incoming: Map<string, GraphEdge[]>,
  statuses: Map<string, NodeStatus>,
): boolean {
  for (const [to, edges] of incoming)
    if (edges.some(({ from, kind }) => from === router && ROUTES.has(kind)))
      if (statuses.has(to) && statuses.get(to)?.state !== "skipped") return true;
  return false;
}

function indexEdges(edges: readonly GraphEdge[]): Map<string, GraphEdge[]> {
  const incoming = new Map<string, GraphEdge[]>();
  for (const edge of edges) incoming.set(edge.to, [...(incoming.get(edge.to) ?? []), edge]);
  return incoming;
}

function least(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

function greatest(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.max(...known) : null;
}
