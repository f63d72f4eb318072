import {
  createMultiParser,
  createSerializer,
  type inferParserType,
  parseAsString,
  parseAsStringLiteral,
} from "nuqs/server";
import { TASK_STATES } from "@/lib/model/states";
import {
  parseAsIdPrefix,
  parseAsInstant,
  parseAsLimit,
  parseAsList,
  parseAsListOf,
  parseAsRange,
} from "../parsers";
import {
  type AttemptsCondition,
  formatAttempts,
  formatCondition,
  formatPath,
  type JsonPath,
  type PathCondition,
  parseAttempts,
  parseCondition,
  parsePath,
} from "./conditions";
import { NO_QUERY, type TaskQuery } from "./query";
import { TASK_SORTS } from "./sort";

/** A list of parts of the query language; one that cannot be read makes the whole value invalid. */
function parseAsParts<Part>(parse: (text: string) => Part | null, print: (part: Part) => string) {
  return createMultiParser<Part[]>({
    parse: (values) => {
      const parts = (parseAsList.parse(values) ?? []).map(parse);
      return parts.every((part) => part !== null) ? parts : null;
    },
    serialize: (parts) => parseAsList.serialize(parts.map(print)),
    eq: (a, b) => parseAsList.eq(a.map(print), b.map(print)),
  }).withDefault([]);
}

/** The URL state of every task list, shared by page, route handler and client. */
export const tasksSearchParams = {
  /** No queue means all of them. */
  queue: parseAsList,
  state: parseAsListOf(TASK_STATES),
  name: parseAsList,
  /** The beginning of a task id. */
  id: parseAsIdPrefix,
  /** Such as `>2`. */
  attempts: parseAsParts<AttemptsCondition>(parseAttempts, formatAttempts),
  /** Who claimed an attempt. */
  worker: parseAsList,
  /** The header `tenant_id`. */
  tenant: parseAsList,
  /** Keys that tasks were spawned with so that they exist once. */
  idempotency: parseAsList,
  /** Checkpoints the task has, all of them. */
  checkpoint: parseAsList,
  /** Parts of an attempt's error, all of them. */
  error: parseAsList,
  /** Conditions on JSON values, such as `params.order.id:42`. */
  where: parseAsParts<PathCondition>(parseCondition, formatCondition),
  /** Paths whose values are shown beside each task; they filter nothing. */
  columns: parseAsParts<JsonPath>(parsePath, formatPath),
  /** Spawned at or after this instant. */
  after: parseAsInstant,
  /** Spawned before this instant. */
  before: parseAsInstant,
  /** A window that ends now; narrows `after` where both are given. */
  range: parseAsRange,
  sort: parseAsStringLiteral(TASK_SORTS).withDefault("newest"),
  /** As returned in `older` or `newer` of a page; it belongs to one order. */
  cursor: parseAsString,
  limit: parseAsLimit,
};

export type TaskFilters = inferParserType<typeof tasksSearchParams>;

/** Completes filters with their defaults: no filter, the newest page, 50 rows. */
export function taskFilters(filters: Partial<TaskFilters> = {}): TaskFilters {
  return {
    ...structuredClone(NO_QUERY),
    columns: [],
    after: null,
    before: null,
    range: null,
    sort: "newest",
    cursor: null,
    limit: 50,
    ...filters,
  };
}

/** The query string of these filters with its `?`, or an empty string; defaults are left out. */
export const serializeTaskFilters = createSerializer(tasksSearchParams);

/** The part of filters that words can say. */
export function pickQuery(filters: TaskFilters): TaskQuery {
  const keys = Object.keys(NO_QUERY) as (keyof TaskQuery)[];
  return Object.fromEntries(keys.map((key) => [key, filters[key]])) as TaskQuery;
}
