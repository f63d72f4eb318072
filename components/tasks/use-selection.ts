"use client";
import { useCallback, useState } from "react";
import type { TaskSummary } from "@/lib/analytics/types";
import { rowKey } from "./live-rows";
import { NO_PICK, type Pick, pick, pickAll } from "./selection-pick";

export type Selection = {
  tasks: readonly TaskSummary[];
  has: (task: TaskSummary) => boolean;
  /** Selects a task or takes it out; with `reach`, does the same to all between it and the last one touched. */
  toggle: (task: TaskSummary, reach: boolean) => void;
  /** Selects all of these, or none of them when all are. */
  toggleAll: (tasks: readonly TaskSummary[]) => void;
  clear: () => void;
};

/** Tasks picked by hand. They stay while pages are turned, and end with the `key` of the question. */
export function useSelection(key: string, rows: readonly TaskSummary[]): Selection {
  const [state, setState] = useState<Pick>({ ...NO_PICK, key });
  const { picked } = state.key === key ? state : NO_PICK;
  const toggle = useCallback(
    (task: TaskSummary, reach: boolean) =>
      setState((before) =>
        pick(before.key === key ? before : { ...NO_PICK, key }, rows, task, reach),
      ),
    [key, rows],
  );
  return {
    tasks: [...picked.values()],
    has: (task) => picked.has(rowKey(task)),
    toggle,
    toggleAll: (tasks) => setState({ key, ...pickAll(picked, tasks) }),
    clear: () => setState({ ...NO_PICK, key }),
  };
}
