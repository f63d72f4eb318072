import { untilNext } from "@/components/layout/live/polling";
import type { Iso } from "@/lib/model/instants";
import type { TaskAddress, TaskSummary } from "@/lib/model/task";

/** The rows on screen, the keys of those that no longer match, and the number of newer rows not yet shown. */
export type LiveRows = { rows: TaskSummary[]; removed: ReadonlySet<string>; newCount: number };

/** The rows of a page just fetched: none removed, none newer. */
export const freshRows = (rows: TaskSummary[]): LiveRows => ({
  rows,
  removed: new Set(),
  newCount: 0,
});

export const rowKey = ({ queue, taskId }: TaskAddress) => `${queue}/${taskId}`;

/** Milliseconds until the next of these tasks is due or its lease ends. */
export function untilRowsDue({ rows, now }: { rows: readonly TaskSummary[]; now: Iso }): number {
  const runs = rows.flatMap(({ run, endedAt }) => (run && endedAt === null ? [run] : []));
  return untilNext(
    now,
    runs.flatMap(({ availableAt, claimExpiresAt }) => [availableAt, claimExpiresAt]),
  );
}

/** When rows were loaded: by the database's clock, and in milliseconds by the browser's. */
export type Read = { now: Iso; at: number };

/** Records when these rows were loaded; other rows keep their time. */
export function noteRead(
  before: ReadonlyMap<string, Read>,
  rows: readonly TaskSummary[],
  read: Read,
): Map<string, Read> {
  return new Map([...before, ...rows.map((row) => [rowKey(row), read] as const)]);
}

/**
 * Updates the rows on screen from a refetch of the same page without moving them. Rows in `latest` take their new
 * values, missing rows are `removed`, and new rows are only counted. If nothing was shown, the result is `latest`. Rows
 * of queues in `leftOut` stay unchanged.
 *
 * @param before the order of the list.
 * @param leftOut names of queues that could not be read.
 */
export function mergePage(
  shown: readonly TaskSummary[],
  latest: readonly TaskSummary[],
  before: (a: TaskSummary, b: TaskSummary) => boolean,
  leftOut: ReadonlySet<string> = new Set(),
): LiveRows {
  const lastShown = shown.at(-1);
  if (!lastShown) return freshRows([...latest]);
  const latestByKey = new Map(latest.map((task) => [rowKey(task), task]));
  const lastLatest = latest.at(-1);
  const shownKeys = new Set(shown.map(rowKey));
  return {
    rows: shown.map((task) => latestByKey.get(rowKey(task)) ?? task),
    // A row that sorts after the end of the latest page may still match: newer rows may have pushed it off the page.
    removed: new Set(
      shown
        .filter(
          (task) =>
            !leftOut.has(task.queue) &&
            !latestByKey.has(rowKey(task)) &&
            (!lastLatest || !before(lastLatest, task)),
        )
        .map(rowKey),
    ),
    // A row that sorts after the last one shown moved up because others left, so it isn't new.
    newCount: latest.filter((task) => !shownKeys.has(rowKey(task)) && before(task, lastShown))
      .length,
  };
}
