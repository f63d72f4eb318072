import { ACTIVE_STATES, type TaskState } from "@/lib/absurd/types";

/**
 * The orders of a task list. `newest` and `oldest` go by id, which is the order of creation. `due` goes by when the active
 * attempt can be, or was, picked up, the earliest first. `attempts` and `duration` rank the tasks of a window of time, the
 * most first.
 */
export const TASK_SORTS = ["newest", "oldest", "due", "attempts", "duration"] as const;
export type TaskSort = (typeof TASK_SORTS)[number];

/** Whether an order goes by id alone, and so has no need of a cursor of its own. */
export function isKeySort(sort: TaskSort): sort is "newest" | "oldest" {
  return sort === "newest" || sort === "oldest";
}

type Sorted = {
  sort: TaskSort;
  state: readonly TaskState[];
  range: string | null;
  after: string | null;
};

/** Why a list cannot be in the order it asks for, and the change after which it can; `null` when it can. */
export function sortProblem({ sort, state, range, after }: Sorted): {
  message: string;
  hint: string;
  change: { state: TaskState[] } | { range: string };
} | null {
  const isActive = (one: TaskState) => ACTIVE_STATES.some((active) => active === one);
  if (sort === "due" && (state.length === 0 || !state.every(isActive)))
    return {
      message: "Only active tasks are due: an index keeps no time of those that have ended.",
      hint: "Narrow it to pending, running and sleeping.",
      change: { state: state.some(isActive) ? state.filter(isActive) : [...ACTIVE_STATES] },
    };
  if ((sort === "attempts" || sort === "duration") && range === null && after === null)
    return {
      message: `No index keeps the ${sort} of tasks: they are ranked within a window of time.`,
      hint: "Narrow it by time.",
      change: { range: "24h" },
    };
  return null;
}
