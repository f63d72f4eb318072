"use client";
import { useEffect, useMemo, useRef, useState } from "react";
import type { TaskSummary } from "@/lib/model/task";
import { NO_PICK, type Pick, pick, pickAll } from "./selection-pick";

export type Selection = {
  /** The tasks picked, by the keys of their rows. */
  picked: ReadonlyMap<string, TaskSummary>;
  /** Selects a task or takes it out; with `reach`, does the same to all between it and the last one touched. */
  toggle: (task: TaskSummary, reach: boolean) => void;
  /** Selects all of these, or none of them when all are. */
  toggleAll: (tasks: readonly TaskSummary[]) => void;
  clear: () => void;
};

/**
 * Tasks picked by hand. They stay while pages are turned, and end with the `key` of the question. Its functions stay the
 * same ones, so that a row is drawn again only when it is picked itself.
 */
export function useSelection(key: string, rows: readonly TaskSummary[]): Selection {
  const [state, setState] = useState<Pick>({ ...NO_PICK, key });
  const { picked } = state.key === key ? state : NO_PICK;
  const latest = useRef({ key, rows });
  useEffect(() => {
    latest.current = { key, rows };
  });
  const actions = useMemo(() => {
    const change = (next: (before: Pick) => Omit<Pick, "key">) => {
      const { key } = latest.current;
      setState((before) => ({ ...next(before.key === key ? before : NO_PICK), key }));
    };
    return {
      toggle: (task: TaskSummary, reach: boolean) =>
        change((before) => pick(before, latest.current.rows, task, reach)),
      toggleAll: (tasks: readonly TaskSummary[]) =>
        change((before) => pickAll(before.picked, tasks)),
      clear: () => change(() => NO_PICK),
    };
  }, []);
  return useMemo(() => ({ picked, ...actions }), [picked, actions]);
}
