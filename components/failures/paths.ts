import { createSerializer, parseAsString } from "nuqs/server";
import type { FailureGroup } from "@/lib/model/failure";
import type { TaskState } from "@/lib/model/states";
import { serializeTaskFilters } from "@/lib/search-params/tasks";
import { type FailureFilters, failuresSearchParams } from "@/lib/search-params/windows";

const serialize = createSerializer({ ...failuresSearchParams, group: parseAsString });

/** The failures of a window, perhaps of some queues or task names only, with one group opened. */
export const failuresPath = (filters: Partial<FailureFilters> & { group?: string } = {}) =>
  `/failures${serialize(filters)}`;

/**
 * The list of a group's tasks in these states: those with an attempt whose error has the same name and the same longest
 * piece of text. That is nearly the group; a task list knows no fingerprints.
 */
export function groupTasksPath(
  group: FailureGroup,
  state: TaskState[],
  tenant: string[] = [],
): string {
  const piece = longestPiece(group.pattern);
  return `/tasks${serializeTaskFilters({
    name: [group.taskName],
    queue: group.queues.length === 1 ? group.queues : [],
    state,
    tenant,
    where: group.errorName
      ? [
          {
            path: { source: "error", steps: ["name"] },
            comparison: ":",
            value: { text: group.errorName, quoted: true },
          },
        ]
      : [],
    error: piece.length >= 6 ? [piece] : [],
  })}`;
}

/** What stands between the places of values. */
function longestPiece(pattern: string): string {
  return pattern
    .split(/<\w+>|["'`]?…["'`]?/)
    .map((piece) => piece.trim())
    .reduce((longest, piece) => (piece.length > longest.length ? piece : longest), "");
}
