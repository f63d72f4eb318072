import { ACTIVE_STATES, isActive, type TaskState } from "@/lib/model/states";

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

/** What a list lacks to be in the order it asks for; `null` when it lacks nothing. `findSortProblem` puts it in words. */
export function findMissingFilter({
  sort,
  state,
  range,
  after,
}: Sorted): "active states" | "time" | null {
  if (sort === "due")
    return state.length > 0 && state.every((one) => isActive(one)) ? null : "active states";
  const isRanked = sort === "attempts" || sort === "duration";
  return isRanked && range === null && after === null ? "time" : null;
}

/** Why a list does not support its order, and the change of filters that makes it possible. */
export type SortProblem = {
  message: string;
  hint: string;
  change: { state: TaskState[] } | { range: string };
};

/** Why these filters do not support their order; `null` if they do. */
export function findSortProblem(filters: Sorted): SortProblem | null {
  const { sort, state } = filters;
  switch (findMissingFilter(filters)) {
    case "active states":
      return {
        message: "Sorting by due time needs active states.",
        hint: "Narrow it to pending, running and sleeping.",
        change: {
          state: state.some((one) => isActive(one))
            ? state.filter((one) => isActive(one))
            : [...ACTIVE_STATES],
        },
      };
    case "time":
      return {
        message: `Sorting by ${sort} needs a time range.`,
        hint: "Narrow it by time.",
        change: { range: "24h" },
      };
    default:
      return null;
  }
}
