import type { TaskSummary } from "@/lib/model/task";
import { rowKey } from "../list/live-rows";

type Picked = ReadonlyMap<string, TaskSummary>;

/** What is picked of one question's rows; `anchor` is the row touched last, from which a range reaches. */
export type Pick = { key: string; picked: Picked; anchor: string | null };

export const NO_PICK: Pick = { key: "", picked: new Map(), anchor: null };

/** Turns a row on or off, and with `reach` every row between it and the anchor the same way. */
export function pick(
  before: Pick,
  rows: readonly TaskSummary[],
  task: TaskSummary,
  reach: boolean,
): Pick {
  const at = (key: string | null) => rows.findIndex((row) => rowKey(row) === key);
  const to = at(rowKey(task));
  const from = reach ? at(before.anchor) : -1;
  const range =
    from < 0 || to < 0 ? [task] : rows.slice(Math.min(from, to), Math.max(from, to) + 1);
  const on = !before.picked.has(rowKey(task));
  return { key: before.key, picked: set(before.picked, range, on), anchor: rowKey(task) };
}

/** Turns all of these on, or off when all are on. */
export function pickAll(picked: Picked, tasks: readonly TaskSummary[]): Omit<Pick, "key"> {
  const all = tasks.every((task) => picked.has(rowKey(task)));
  return { picked: set(picked, tasks, !all), anchor: null };
}

function set(picked: Picked, tasks: readonly TaskSummary[], on: boolean): Picked {
  const next = new Map(picked);
  for (const task of tasks) on ? next.set(rowKey(task), task) : next.delete(rowKey(task));
  return next;
}
