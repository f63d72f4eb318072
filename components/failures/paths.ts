import { createSerializer, parseAsString } from "nuqs/server";
import type { FailureGroup } from "@/lib/model/rows/failure";
import { isCutName } from "@/lib/model/rows/shown-name";
import type { TaskState } from "@/lib/model/states";
import { serializeTaskFilters } from "@/lib/search-params/tasks/filters";
import { type FailureFilters, failuresSearchParams } from "@/lib/search-params/windows";

const serialize = createSerializer({ ...failuresSearchParams, group: parseAsString });

/** Path of the failures page with these filters and one expanded group. */
export const failuresPath = (filters: Partial<FailureFilters> & { group?: string } = {}) =>
  `/failures${serialize(filters)}`;

/**
 * Path of the task list with a group's tasks in these states. The list can't filter by fingerprint, so the link filters
 * by task name, error name and the longest fixed part of the message, which may match a few more tasks. `null` if the
 * task name is cut.
 */
export function groupTasksPath(
  group: Omit<FailureGroup, "samples">,
  state: TaskState[],
  tenant: string[] = [],
): string | null {
  if (isCutName(group.taskName)) return null;
  const part = longestFixedPart(group.pattern);
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
    error: part.length >= 6 ? [part] : [],
  })}`;
}

/** The longest part of a pattern between its placeholders. */
function longestFixedPart(pattern: string): string {
  return pattern
    .split(/<\w+>|["'`]?…["'`]?/)
    .map((part) => part.trim())
    .reduce((longest, part) => (part.length > longest.length ? part : longest), "");
}
