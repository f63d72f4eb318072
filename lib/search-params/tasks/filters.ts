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

/** A list of terms of the query language. One invalid term makes the whole value invalid. */
function parseAsTerms<Term>(parse: (text: string) => Term | null, print: (term: Term) => string) {
  return createMultiParser<Term[]>({
    parse: (values) => {
      const terms = (parseAsList.parse(values) ?? []).map(parse);
      return terms.every((term) => term !== null) ? terms : null;
    },
    serialize: (terms) => parseAsList.serialize(terms.map(print)),
    eq: (a, b) => parseAsList.eq(a.map(print), b.map(print)),
  }).withDefault([]);
}

/** Search params of every task list. */
export const tasksSearchParams = {
  /** None means all queues. */
  queue: parseAsList,
  state: parseAsListOf(TASK_STATES),
  name: parseAsList,
  /** Prefix of a task id. */
  id: parseAsIdPrefix,
  /** Conditions on the number of attempts, such as `>2`. */
  attempts: parseAsTerms<AttemptsCondition>(parseAttempts, formatAttempts),
  /** Workers that claimed an attempt. */
  worker: parseAsList,
  /** The header `tenant_id`. */
  tenant: parseAsList,
  /** Idempotency keys. */
  idempotency: parseAsList,
  /** Checkpoint names; the task must have all. */
  checkpoint: parseAsList,
  /** Parts of any value: params, headers, result, errors, event waited for, name; all must match. */
  any: parseAsList,
  /** Substrings of an attempt's error; all must match. */
  error: parseAsList,
  /** Conditions on JSON values, such as `params.order.id:42`. */
  where: parseAsTerms<PathCondition>(parseCondition, formatCondition),
  /** Paths whose values are shown as columns; they do not filter. */
  columns: parseAsTerms<JsonPath>(parsePath, formatPath),
  /** Spawned at or after this instant. */
  after: parseAsInstant,
  /** Spawned before this instant. */
  before: parseAsInstant,
  /** A time range that ends now. If `after` is set too, both apply. */
  range: parseAsRange,
  sort: parseAsStringLiteral(TASK_SORTS).withDefault("newest"),
  /** `older` or `newer` of a page, valid for one sort order. */
  cursor: parseAsString,
  limit: parseAsLimit,
};

export type TaskFilters = inferParserType<typeof tasksSearchParams>;

/** Adds defaults: no filter, newest page, 50 rows. */
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

/** The query string of these filters with its `?`, or an empty string; defaults are omitted. */
export const serializeTaskFilters = createSerializer(tasksSearchParams);

/** The filters that the query language can express. */
export function pickQuery(filters: TaskFilters): TaskQuery {
  const keys = Object.keys(NO_QUERY) as (keyof TaskQuery)[];
  return Object.fromEntries(keys.map((key) => [key, filters[key]])) as TaskQuery;
}
