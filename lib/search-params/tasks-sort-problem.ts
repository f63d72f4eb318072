import { ACTIVE_STATES, isActive, type TaskState } from "@/lib/model/states";
import { type Sorted, sortLacks } from "./tasks-sort";

/** Why a list cannot be in the order it asks for, and the change after which it can. */
export type SortProblem = {
  message: string;
  hint: string;
  change: { state: TaskState[] } | { range: string };
};

/** What is wrong with the order a list asks for; `null` when nothing is. */
export function sortProblem(filters: Sorted): SortProblem | null {
  const { sort, state } = filters;
  switch (sortLacks(filters)) {
    case "active states":
      return {
        message: "Only active tasks are due: an index keeps no time of those that have ended.",
        hint: "Narrow it to pending, running and sleeping.",
        change: {
          state: state.some((one) => isActive(one))
            ? state.filter((one) => isActive(one))
            : [...ACTIVE_STATES],
        },
      };
    case "time":
      return {
        message: `No index keeps the ${sort} of tasks: they are ranked within a window of time.`,
        hint: "Narrow it by time.",
        change: { range: "24h" },
      };
    default:
      return null;
  }
}
