import type { TaskSummary } from "@/lib/analytics/types";

/** A list that stands still: what is shown, which of it no longer matches, and how many newer rows wait. */
export type LiveRows = { rows: TaskSummary[]; gone: ReadonlySet<string>; fresh: number };

export const rowKey = (task: TaskSummary) => `${task.queue}/${task.taskId}`;

/**
 * Brings the rows on screen up to date with a new read of the same page, without moving them. Rows that the new read
 * holds take its values; those it should hold and does not are `gone`; newer rows are only counted. A list that showed
 * nothing takes the new rows as they are.
 */
export function holdStill(shown: readonly TaskSummary[], read: readonly TaskSummary[]): LiveRows {
  const newest = shown[0];
  if (!newest) return { rows: [...read], gone: new Set(), fresh: 0 };
  const latest = new Map(read.map((task) => [rowKey(task), task]));
  const oldestRead = read.at(-1);
  const known = new Set(shown.map(rowKey));
  return {
    rows: shown.map((task) => latest.get(rowKey(task)) ?? task),
    // A row older than the end of the new page was pushed off it, which says nothing about the row.
    gone: new Set(
      shown
        .filter((task) => !latest.has(rowKey(task)) && (!oldestRead || !isOlder(task, oldestRead)))
        .map(rowKey),
    ),
    fresh: read.filter((task) => !known.has(rowKey(task)) && isOlder(newest, task)).length,
  };
}

/** Ids are UUIDv7: their order is the order of creation, which is the order of every list. */
function isOlder(a: TaskSummary, b: TaskSummary): boolean {
  return a.taskId < b.taskId;
}
