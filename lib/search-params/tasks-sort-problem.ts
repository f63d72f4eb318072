import { ACTIVE_STATES, isActive, type TaskState } from "@/lib/model/states";
import { type Sorted, sortLacks } from "./tasks-sort";

/** Why a list does not support its order, and the change of filters that makes it possible. */
export type SortProblem = {
  message: string;
  hint: string;
  change: { state: TaskState[] } | { range: string };
};

/** Why these filters do not support their order; `null` if they do. */
export function sortProblem(filters: Sorted): SortProblem | null {
  const { sort, state } = filters;
  switch (sortLacks(filters)) {
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
