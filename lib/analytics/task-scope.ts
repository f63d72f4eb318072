import { getTenants } from "@/lib/db/tenants";
import { rangeMilliseconds } from "@/lib/search-params/parsers";
import { queryOf, type TaskFilters } from "@/lib/search-params/tasks";
import { decodeCursor, EVERYTHING, intersect, prefixRange, uuidFloor } from "./keys";
import type { TaskSearch } from "./task-rows";
import type { Iso } from "./types";

/**
 * What filters mean at an instant of the database's clock.
 *
 * @throws ReadError `bad_request` for a foreign cursor.
 */
export function toSearch(filters: TaskFilters, now: Iso): TaskSearch {
  const { direction, range } = decodeCursor(filters.cursor);
  const { after, before } = filters;
  const since = filters.range === null ? null : Date.parse(now) - rangeMilliseconds(filters.range);
  return {
    query: queryOf(filters),
    limit: filters.limit,
    direction,
    range: intersect(
      range,
      filters.id === null ? EVERYTHING : prefixRange(filters.id),
      { ...EVERYTHING, from: uuidFloor(Math.max(after ? Date.parse(after) : 0, since ?? 0)) },
      before === null ? EVERYTHING : { ...EVERYTHING, to: uuidFloor(Date.parse(before)) },
    ),
  };
}

/** Whether a search asks for more than queues and a range of ids. */
export function isNarrowed({ query }: TaskSearch): boolean {
  // No index knows tenants: their tasks are looked for like those of any other filter.
  if (getTenants() !== null) return true;
  const rest = { ...query, queue: [], id: null };
  return Object.values(rest).some((part) => part !== null && part.length > 0);
}
