import { createSerializer, type inferParserType, parseAsString } from "nuqs/server";
import { TASK_STATES } from "@/lib/absurd/types";
import {
  parseAsIdPrefix,
  parseAsInstant,
  parseAsLimit,
  parseAsList,
  parseAsListOf,
  parseAsRange,
} from "./parsers";

/** The URL state of every task list, shared by page, route handler and client. */
export const tasksSearchParams = {
  /** No queue means all of them. */
  queue: parseAsList,
  state: parseAsListOf(TASK_STATES),
  name: parseAsList,
  /** The beginning of a task id. */
  id: parseAsIdPrefix,
  /** Spawned at or after this instant. */
  after: parseAsInstant,
  /** Spawned before this instant. */
  before: parseAsInstant,
  /** A window that ends now; narrows `after` where both are given. */
  range: parseAsRange,
  /** As returned in `older` or `newer` of a page. */
  cursor: parseAsString,
  limit: parseAsLimit,
};

export type TaskFilters = inferParserType<typeof tasksSearchParams>;

/** Completes filters with their defaults: no filter, the newest page, 50 rows. */
export function taskFilters(filters: Partial<TaskFilters> = {}): TaskFilters {
  return {
    queue: [],
    state: [],
    name: [],
    id: null,
    after: null,
    before: null,
    range: null,
    cursor: null,
    limit: 50,
    ...filters,
  };
}

/** The query string of these filters with its `?`, or an empty string; defaults are left out. */
export const serializeTaskFilters = createSerializer(tasksSearchParams);
