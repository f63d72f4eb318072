import type { TaskSummary } from "@/lib/model/task";
import type { TaskSort } from "@/lib/search-params/tasks-sort";

type Order = {
  label: string;
  /** The buttons of the pager: to the beginning, back, on. */
  pager: readonly [string, string, string];
  /** Whether a task comes before another one. */
  before: (a: TaskSummary, b: TaskSummary) => boolean;
};

const PLACES = ["First", "Previous", "Next"] as const;
const newerId = (a: TaskSummary, b: TaskSummary) => a.taskId > b.taskId;

/** How the rows of a list follow one another. Ids are UUIDv7: their order is the order of creation. */
export const ORDERS: Record<TaskSort, Order> = {
  newest: { label: "Newest first", pager: ["Newest", "Newer", "Older"], before: newerId },
  oldest: {
    label: "Oldest first",
    pager: ["Oldest", "Older", "Newer"],
    before: (a, b) => newerId(b, a),
  },
  due: {
    label: "Due first",
    pager: PLACES,
    // "infinity" comes after every instant.
    before: (a, b) => (a.run?.availableAt ?? "") < (b.run?.availableAt ?? ""),
  },
  attempts: {
    label: "Most attempts first",
    pager: PLACES,
    before: (a, b) => (a.attempts === b.attempts ? newerId(a, b) : a.attempts > b.attempts),
  },
  duration: {
    label: "Longest first",
    pager: PLACES,
    before: (a, b) => duration(a) > duration(b),
  },
};

/** What has not ended took at least until now, so it stands before what ended as it began. */
function duration({ firstStartedAt, endedAt }: TaskSummary): number {
  if (firstStartedAt === null) return -1;
  return (endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(firstStartedAt);
}
