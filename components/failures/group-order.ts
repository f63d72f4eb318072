import type { FailureGroup } from "@/lib/model/rows/failure";

export const GROUP_SORTS = ["attempts", "last", "first", "name"] as const;
export type GroupSort = (typeof GROUP_SORTS)[number];

const BEFORE: Record<GroupSort, (a: FailureGroup, b: FailureGroup) => number> = {
  attempts: (a, b) => b.attempts - a.attempts,
  last: (a, b) => compare(b.lastAt, a.lastAt),
  first: (a, b) => compare(b.first.at, a.first.at),
  name: (a, b) => compare(a.taskName, b.taskName),
};

/** Sorts groups; the sort is stable. */
export function sortGroups(groups: readonly FailureGroup[], sort: GroupSort): FailureGroup[] {
  return groups.toSorted(BEFORE[sort]);
}

/** Groups that contain every word of the text, ignoring case, in the task name, error, queue or a sample. */
export function searchGroups(groups: readonly FailureGroup[], text: string): FailureGroup[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return groups.filter(({ taskName, errorName, pattern, queues, samples }) => {
    const all = [taskName, errorName, pattern, ...queues, ...samples.map((one) => one.message)];
    const whole = all.join("\n").toLowerCase();
    return words.every((word) => whole.includes(word));
  });
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
