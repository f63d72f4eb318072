import {
  Box,
  CirclePlay,
  Columns3,
  GitFork,
  GitMerge,
  type LucideIcon,
  Radio,
  Repeat,
  Route,
  SquareCheck,
  Timer,
  Zap,
} from "lucide-react";
import type { NodeState, NodeStatus } from "../node-states";

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
};

/** Sign and word of a kind of operator; kinds of later releases keep their name. */
export function typeOf(type: string): [icon: LucideIcon, word: string] {
  return TYPES[type] ?? [Box, type.replaceAll("_", " ")];
}

/** The word for a state: one that a decision passed over, or that the end of the run came before, was not run. */
export function wordOf(state: NodeState): string {
  return state === "skipped" ? "not run" : state;
}

/** One sentence for those who do not see the picture. */
export function describeNode(id: string, type: string, status: NodeStatus | undefined): string {
  const state = status ? wordOf(status.state) : "no state known";
  return `${id}, ${typeOf(type)[1]}, ${state}${status?.inferred ? " as far as can be told" : ""}`;
}

export const FILLS: Record<NodeState, string> = {
  pending: "fill-surface stroke-line-strong [stroke-dasharray:4_3]",
  running: "fill-running-soft stroke-running-solid",
  sleeping: "fill-sleeping-soft stroke-sleeping-solid",
  completed: "fill-surface stroke-line-strong",
  failed: "fill-failed-soft stroke-failed-solid",
  cancelled: "fill-cancelled-soft stroke-cancelled-solid",
  skipped: "fill-canvas stroke-line",
};
