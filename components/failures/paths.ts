import { createSerializer, parseAsString } from "nuqs/server";
import type { TaskState } from "@/lib/absurd/types";
import type { FailureGroup } from "@/lib/analytics/failure-groups";
import { serializeTaskFilters } from "@/lib/search-params/tasks";
import { type FailureFilters, failuresSearchParams } from "@/lib/search-params/windows";

const serialize = createSerializer({ ...failuresSearchParams, group: parseAsString });

/** The failures of a window, perhaps of some queues or task names only, with one group opened. */
export const failuresPath = (filters: Partial<FailureFilters> & { group?: string } = {}) =>
  `/failures${serialize(filters)}`;

/** The list of a group's tasks in these states. The list knows no fingerprints: it can hold other failures too. */
export function groupTasksPath(group: FailureGroup, state: TaskState[]): string {
  const queue = group.queues.length === 1 ? group.queues : [];
  return `/tasks${serializeTaskFilters({ name: [group.taskName], queue, state })}`;
}
