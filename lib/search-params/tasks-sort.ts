import { isActive, type TaskState } from "@/lib/model/states";

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

export type Sorted = {
  sort: TaskSort;
  state: readonly TaskState[];
  range: string | null;
  after: string | null;
};

/** What a list lacks to be in the order it asks for; `null` when it lacks nothing. `sortProblem` puts it in words. */
export function sortLacks({ sort, state, range, after }: Sorted): "active states" | "time" | null {
  if (sort === "due")
    return state.length > 0 && state.every((one) => isActive(one)) ? null : "active states";
  const isRanked = sort === "attempts" || sort === "duration";
  return isRanked && range === null && after === null ? "time" : null;
}
