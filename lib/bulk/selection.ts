import { createLoader } from "nuqs/server";
import type { Uuid } from "@/lib/model/ids";
import { rangeMilliseconds } from "@/lib/search-params/parsers";
import {
  serializeTaskFilters,
  type TaskFilters,
  taskFilters,
  tasksSearchParams,
} from "@/lib/search-params/tasks/filters";

/** One task by its address. */
export type TaskAddress = { queue: string; taskId: Uuid };

const load = createLoader(tasksSearchParams);

/**
 * The filters of a query string that `serializeTaskFilters` wrote; `undefined` when it says anything that would be
 * passed over, since leaving a filter out makes a selection larger.
 */
export function parseFilters(text: string): TaskFilters | undefined {
  const filters = load(new URLSearchParams(text));
  const meant = new URLSearchParams(text);
  meant.sort();
  const read = new URLSearchParams(serializeTaskFilters(filters));
  read.sort();
  return meant.toString() === read.toString() ? filters : undefined;
}

/**
 * The same filters with their window of time fixed: a relative range begins where it begins now, and tasks that are
 * spawned from now on, such as those of the operation itself, do not match.
 */
export function fixWindow(filters: TaskFilters, now: string): TaskFilters {
  const { range, after, before } = filters;
  const since =
    range === null ? null : new Date(Date.parse(now) - rangeMilliseconds(range)).toISOString();
  return {
    ...filters,
    after:
      [after, since]
        .flatMap((at) => at ?? [])
        .sort()
        .at(-1) ?? null,
    before: before !== null && before < now ? before : now,
    range: null,
    sort: "newest",
    cursor: null,
    columns: [],
    limit: taskFilters().limit,
  };
}
