import {
  Box,
  CirclePlay,
  Columns3,
  GitFork,
  GitMerge,
  type LucideIcon,
  OctagonX,
  Radio,
  RefreshCw,
  Repeat,
  Route,
  Split,
  SquareCheck,
  Timer,
  Workflow,
  Zap,
} from "lucide-react";
import type { GraphNode } from "@/lib/highway/graph/graph";
import type { NodeState, NodeStatus } from "@/lib/highway/view/operator-states";
import { getOwn } from "@/lib/model/get-own";
import type { TaskState } from "@/lib/model/states";

const TYPES: Record<string, [icon: LucideIcon, word: string]> = {
  task: [SquareCheck, "task"],
  activity: [CirclePlay, "activity"],
  condition: [GitFork, "condition"],
  switch: [Route, "switch"],
  wait: [Timer, "wait"],
  wait_for_event: [Zap, "event"],
  emit_event: [Radio, "emit"],
  parallel: [Columns3, "parallel"],
  foreach: [Repeat, "for each"],
  while: [Repeat, "while"],
  join: [GitMerge, "join"],
  reflexive: [RefreshCw, "reflexive"],
  multi_choice: [Split, "choice"],
  terminate: [OctagonX, "end"],
  child_workflow: [Workflow, "children"],
};

/** Icon and word for an operator type; unknown types of later releases keep their name. */
export function describeType(type: string): [icon: LucideIcon, word: string] {
  return getOwn(TYPES, type) ?? [Box, type.replaceAll("_", " ")];
}

/** The word for a state. */
export function formatState({ state, failure, isHandled }: NodeStatus): string {
  if (state === "skipped") return "not run";
  if (state === "upstream_failed") return "skipped: upstream failed";
  if (state !== "failed") return state;
  const word = failure?.type === "TimeoutError" ? "timed out" : state;
  return isHandled ? `${word}, handled` : word;
}

/** The task state whose icon is shown; `undefined` for operators that did not run. */
export function getStateIcon(state: NodeState): TaskState | undefined {
  return state === "skipped" || state === "upstream_failed" ? undefined : state;
}

/** Kind of operator, its progress and its protection: `reflexive, turn 2 of 3, guards`. */
export function describeKind(node: GraphNode, status?: NodeStatus): string {
  const progress = status && (formatRounds(status) ?? formatExecutions(status));
  const chosen = status?.chosenBranches;
  const words = [
    describeType(node.type)[1],
    progress,
    chosen && (chosen.length === 0 ? "no branch chosen" : `→ ${chosen.join(", ")}`),
    ...describeProtection(node, status),
  ];
  return words.filter(Boolean).join(", ");
}

/** The operator's circuit breaker, with its state unless closed, and whether it has guards. */
export function describeProtection(node: GraphNode, status?: NodeStatus): string[] {
  const state = status?.circuit?.state;
  const isOpen = state !== undefined && state !== "closed";
  return [
    ...(node.hasBreaker ? [isOpen ? `breaker ${state.replace("_", "-")}` : "breaker"] : []),
    ...(node.hasGuards ? ["guards"] : []),
  ];
}

function formatExecutions({ results }: NodeStatus): string | undefined {
  return results > 1 ? `${results} ×` : undefined;
}

/** Progress of a loop: `3 of 5`, or `3 rounds` while the total is unknown; of a reflexive operator: `turn 2 of 3`. */
export function formatRounds({ rounds, turns }: NodeStatus): string | undefined {
  if (turns) return `turn ${turns.taken} of ${turns.most}`;
  if (!rounds) return undefined;
  const { done, total } = rounds;
  if (total === null || total === done) return `${done} ${done === 1 ? "round" : "rounds"}`;
  return `${done} of ${total}`;
}

/** The accessible name of an operator in the graph. */
export function describeNode(node: GraphNode, status: NodeStatus | undefined): string {
  const more = status && [formatState(status), status.attempts > 1 && `attempt ${status.attempts}`];
  return [node.id, describeKind(node, status), ...(more ?? [])].filter(Boolean).join(", ");
}

export const FILLS: Record<NodeState, string> = {
  pending: "fill-surface stroke-line-strong [stroke-dasharray:4_3]",
  running: "fill-running-soft stroke-running-solid",
  sleeping: "fill-sleeping-soft stroke-sleeping-solid",
  completed: "fill-surface stroke-line-strong",
  failed: "fill-failed-soft stroke-failed-solid",
  cancelled: "fill-cancelled-soft stroke-cancelled-solid",
  skipped: "fill-canvas stroke-line",
  upstream_failed: "fill-canvas stroke-line",
};
