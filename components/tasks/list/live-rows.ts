import type { TaskSummary } from "@/lib/model/task";

/** A list that stands still: what is shown, which of it no longer matches, and how many new rows wait. */
export type LiveRows = { rows: TaskSummary[]; gone: ReadonlySet<string>; fresh: number };

export const rowKey = (task: TaskSummary) => `${task.queue}/${task.taskId}`;

/**
 * Brings the rows on screen up to date with a new read of the same page, without moving them. Rows that the new read
 * holds take its values; those it should hold and does not are `gone`; new rows are only counted. A list that showed
 * nothing takes the new rows as they are. `before` is the order of the list.
 */
export function holdStill(
  shown: readonly TaskSummary[],
  read: readonly TaskSummary[],
  before: (a: TaskSummary, b: TaskSummary) => boolean,
): LiveRows {
  const lastShown = shown.at(-1);
  if (!lastShown) return { rows: [...read], gone: new Set(), fresh: 0 };
  const latest = new Map(read.map((task) => [rowKey(task), task]));
  const lastRead = read.at(-1);
  const known = new Set(shown.map(rowKey));
  return {
    rows: shown.map((task) => latest.get(rowKey(task)) ?? task),
    // A row beyond the end of the new page was pushed off it, which says nothing about the row.
    gone: new Set(
      shown
        .filter((task) => !latest.has(rowKey(task)) && (!lastRead || !before(lastRead, task)))
        .map(rowKey),
    ),
    // Rows beyond the end moved up because others left: they are not new.
    fresh: read.filter((task) => !known.has(rowKey(task)) && before(task, lastShown)).length,
  };
}
