"use client";
import { useEffect, useMemo, useRef, useState } from "react";
import type { TaskSummary } from "@/lib/model/task";
import { rowKey } from "../list/live-rows";

export type Selection = {
  /** The selected tasks by row key. */
  picked: ReadonlyMap<string, TaskSummary>;
  /** Selects or deselects a task; with `range`, also every row between it and the last toggled one. */
  toggle: (task: TaskSummary, range: boolean) => void;
  /** Selects all these tasks, or deselects them if all are selected. */
  toggleAll: (tasks: readonly TaskSummary[]) => void;
  clear: () => void;
};

/**
 * Tasks selected by the user. A selection survives paging and is cleared when `key`, the query, changes. The functions
 * keep their identity, so that a row re-renders only when its own selection changes.
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
      toggle: (task: TaskSummary, range: boolean) =>
        change((before) => pick(before, latest.current.rows, task, range)),
      toggleAll: (tasks: readonly TaskSummary[]) =>
        change((before) => pickAll(before.picked, tasks)),
      clear: () => change(() => NO_PICK),
    };
  }, []);
  return useMemo(() => ({ picked, ...actions }), [picked, actions]);
}

type Picked = ReadonlyMap<string, TaskSummary>;

/** The selection for the query `key`; `anchor` is the last toggled row, where a range starts. */
export type Pick = { key: string; picked: Picked; anchor: string | null };

export const NO_PICK: Pick = { key: "", picked: new Map(), anchor: null };

/** Toggles a row; with `range`, gives every row between it and the anchor the same state. */
export function pick(
  before: Pick,
  rows: readonly TaskSummary[],
  task: TaskSummary,
  range: boolean,
): Pick {
  const at = (key: string | null) => rows.findIndex((row) => rowKey(row) === key);
  const to = at(rowKey(task));
  const from = range ? at(before.anchor) : -1;
  const tasks =
    from < 0 || to < 0 ? [task] : rows.slice(Math.min(from, to), Math.max(from, to) + 1);
  const on = !before.picked.has(rowKey(task));
  return { key: before.key, picked: set(before.picked, tasks, on), anchor: rowKey(task) };
}

/** Selects all these tasks, or deselects them if all are selected. */
export function pickAll(picked: Picked, tasks: readonly TaskSummary[]): Omit<Pick, "key"> {
  const all = tasks.every((task) => picked.has(rowKey(task)));
  return { picked: set(picked, tasks, !all), anchor: null };
}

function set(picked: Picked, tasks: readonly TaskSummary[], on: boolean): Picked {
  const next = new Map(picked);
  for (const task of tasks) on ? next.set(rowKey(task), task) : next.delete(rowKey(task));
  return next;
}
