import { createLoader } from "nuqs/server";
import type { Uuid } from "@/lib/model/ids";
import { rangeMilliseconds } from "@/lib/search-params/parsers";
import {
  serializeTaskFilters,
  type TaskFilters,
  taskFilters,
  tasksSearchParams,
} from "@/lib/search-params/tasks/filters";

/** A task's queue and id. */
export type TaskAddress = { queue: string; taskId: Uuid };

const load = createLoader(tasksSearchParams);

/**
 * Parses a query string that `serializeTaskFilters` wrote. Returns `undefined` if any part of it would be ignored,
 * because omitting a filter makes a selection larger.
 */
export function parseFilters(text: string): TaskFilters | undefined {
  const filters = load(new URLSearchParams(text));
  const given = new URLSearchParams(text);
  given.sort();
  const understood = new URLSearchParams(serializeTaskFilters(filters));
  understood.sort();
  return given.toString() === understood.toString() ? filters : undefined;
}

/**
 * The same filters with a fixed time window: a relative range becomes absolute, and tasks spawned after `now`,
 * such as copies that the operation itself makes, do not match.
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
