import { ACTIVE_STATES, isActive, type TaskState } from "@/lib/model/states";

/**
 * Sort orders of a task list. `newest` and `oldest` sort by id, which is creation order. `due` sorts by the time at
 * which the active attempt becomes or became ready, earliest first. `attempts` and `duration` sort the tasks of a time
 * range, largest first.
 */
export const TASK_SORTS = ["newest", "oldest", "due", "attempts", "duration"] as const;
export type TaskSort = (typeof TASK_SORTS)[number];

/** Whether an order is by id alone, so that the id is the cursor. */
export function isKeySort(sort: TaskSort): sort is "newest" | "oldest" {
  return sort === "newest" || sort === "oldest";
}

export type Sorted = {
  sort: TaskSort;
  state: readonly TaskState[];
  range: string | null;
  after: string | null;
};

/** The missing filter that the sort order needs; `null` if none is missing. */
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

/** Why a list does not support its order, and the change of filters that would make it possible. */
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
