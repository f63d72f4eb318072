import { type SQL, sql } from "drizzle-orm";
import { text, uuid } from "@/lib/db/decode";
import { redactionRules } from "@/lib/db/redaction";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { getTenants } from "@/lib/db/tenants";
import type { Uuid } from "@/lib/model/ids";
import { type Iso, toMs } from "@/lib/model/instants";
import {
  EVERYTHING,
  intersect,
  type KeyRange,
  prefixRange,
  uuidFloor,
} from "@/lib/model/key-range";
import { type Direction, PLACE } from "@/lib/model/page";
import { ProblemError } from "@/lib/model/problem";
import { isPathRedacted } from "@/lib/redaction/rules";
import { rangeMilliseconds } from "@/lib/search-params/parsers";
import { formatPath } from "@/lib/search-params/tasks/conditions";
import { pickQuery, type TaskFilters } from "@/lib/search-params/tasks/filters";
import type { TaskQuery } from "@/lib/search-params/tasks/query";
import { findSortProblem, isKeySort, type TaskSort } from "@/lib/search-params/tasks/sort";
import { parseKeyCursor, requireCursor } from "../scope/key-pages";
import { queryPortions } from "../scope/portions";
import { isTextShown } from "../scope/redact";
import type { RegisteredQueue, Scope } from "../scope/registry";
import { MANY_QUEUES, queryUnion } from "../scope/union";

/**
 * The tasks to search for, in the order of their ids. Times, prefix and cursor are combined into one range of ids.
 */
export type TaskSearch = {
  /** Names of the queues to search. */
  queues: string[];
  query: TaskQuery;
  /** If set, only these tasks: those with the query's idempotency keys. */
  ids: Uuid[] | null;
  range: KeyRange;
  direction: Direction;
  limit: number;
};

/** The search of one page of a list. */
export type TaskPageSearch = TaskSearch & {
  sort: TaskSort;
  /** Whether it continues from another page. */
  isContinued: boolean;
  /** Where a page that isn't sorted by id continues. */
  place: RankPlace | null;
  /**
   * When the first page was queried. On all pages, durations and windows that end now are computed up to this
   * instant.
   */
  at: Iso;
};

/** `value` is the sort key, and `id` breaks ties; `from` is the first id that the ranking covers. */
export type RankPlace = { value: string; id: Uuid; at: Iso; from: Uuid };

/**
 * Translates the filters of a list at an instant of the database's clock, once for the whole search. Idempotency
 * keys are looked up here, which leaves a search for their tasks.
 *
 * @throws ProblemError `bad_request` for a foreign cursor, an order that these filters exclude, more conditions than
 * `MOST` and a condition on a redacted value.
 */
export async function toTaskSearch(
  { db, now, queues }: Scope,
  filters: TaskFilters,
): Promise<TaskPageSearch> {
  refuseSort(filters);
  refuseMany(filters);
  if (filters.any.length * queues.length > MOST_ANYWHERE)
    throw new ProblemError({
      code: "bad_request",
      message: `The search has ${filters.any.length} words for ${queues.length} queues.`,
      hint: "Choose fewer queues, or search for fewer words.",
    });
  refuseHidden(filters);
  const { after, before, sort, cursor } = filters;
  const start = isKeySort(sort)
    ? { ...parseKeyCursor(cursor, sort === "oldest" ? "newer" : "older"), place: null }
    : { ...parseRankCursor(cursor, sort), range: EVERYTHING };
  const at = start.place?.at ?? now;
  const keyed = await findByIdempotencyKeys(db, queues, filters.idempotency);
  const since = filters.range === null ? 0 : toMs(at) - rangeMilliseconds(filters.range);
  return {
    queues: keyed
      ? [...new Set(keyed.map(({ queue }) => queue))]
      : queues.map((queue) => queue.name),
    query: pickQuery(filters),
    ids: keyed ? keyed.map(({ id }) => id) : null,
    range: intersect(
      start.range,
      filters.id === null ? EVERYTHING : prefixRange(filters.id),
      { ...EVERYTHING, from: uuidFloor(Math.max(after ? toMs(after) : 0, since)) },
      before === null ? EVERYTHING : { ...EVERYTHING, to: uuidFloor(toMs(before)) },
    ),
    direction: start.direction,
    limit: filters.limit,
    sort,
    isContinued: cursor !== null,
    place: start.place,
    at,
  };
}

/** A time for `due`, and a number for the other orders. */
function parseRankCursor(
  cursor: string | null,
  sort: TaskSort,
): { direction: Direction; place: RankPlace | null } {
  if (cursor === null) return { direction: "older", place: null };
  const valueCheck = sort === "due" ? PLACE.time : PLACE.integer;
  const { direction, place } = requireCursor(cursor, [
    valueCheck,
    PLACE.id,
    PLACE.instant,
    PLACE.id,
  ]);
  const [value, id, at, from] = place;
  return { direction, place: { value, id, at, from } };
}

function refuseSort(filters: TaskFilters): void {
  const problem = findSortProblem(filters);
  if (problem)
    throw new ProblemError({ code: "bad_request", message: problem.message, hint: problem.hint });
}

/** How many items of a kind one search may have. Most are an expression in SQL for each queue. */
const MOST = {
  ...{ any: 10, error: 10, where: 20, checkpoint: 20, attempts: 20, columns: 30 },
  ...{ name: 200, worker: 200, tenant: 200, idempotency: 200 },
} as const;

/** Texts searched anywhere, times queues: each is a long expression, and PostgreSQL would take seconds to plan them. */
const MOST_ANYWHERE = 1_000;

/** Texts that are searched word by word unless they are quoted. */
const PHRASES: readonly string[] = ["any", "error"];

function refuseMany(filters: TaskFilters): void {
  for (const [name, most] of Object.entries(MOST) as [keyof typeof MOST, number][])
    if (filters[name].length > most)
      throw new ProblemError({
        code: "bad_request",
        message:
          name === "any"
            ? `The search has more than ${most} words.`
            : `The parameter ${name} has more than ${most} items.`,
        hint: PHRASES.includes(name)
          ? "Put a text of several words in quotes: it is searched as one."
          : undefined,
      });
}

/** Refuses searches for redacted values: repeated guesses would reveal them. */
function refuseHidden({ where, error, any }: TaskFilters): void {
  const rules = redactionRules();
  if (rules.everything && any.length > 0)
    throw new ProblemError({
      code: "bad_request",
      message: "Values cannot be searched: all of them are redacted for you.",
    });
  const guess = where.find(({ path }) => isPathRedacted(rules, path.source, path.steps));
  const isAboutError =
    error.length > 0 &&
    (["name", "message"] as const).some((member) => isPathRedacted(rules, "error", [member]));
  const masked = where.find(
    ({ path, comparison, value }) => comparison === ":" && !isTextShown(path.source, value.text),
  );
  if (!guess && !isAboutError && !masked) return;
  const what = guess ? formatPath(guess.path) : isAboutError ? "The error" : "This value";
  throw new ProblemError({
    code: "bad_request",
    message: `${what} cannot be searched: it is redacted.`,
    hint: "DASHBOARD_REDACT lists what is redacted.",
  });
}

/**
 * The tasks spawned with these keys, at most one per queue and key, with their queues; `null` without keys. Uses the index that keeps
 * keys unique: the one on tasks, or in a partitioned queue a separate table. Queues of schemas before 0.0.6 have
 * no keys. An id from a partitioned queue may belong to a deleted task.
 */
async function findByIdempotencyKeys(
  db: Database,
  queues: RegisteredQueue[],
  keys: string[],
): Promise<{ queue: string; id: Uuid }[] | null> {
  if (keys.length === 0) return null;
  const keyed = queues.filter((queue) => queue.hasIdempotencyKey);
  const parts = keyed.filter(({ storageMode }) => storageMode === "partitioned");
  const partitioned = new Set(parts.map(({ name }) => name));
  const select = (name: string, values: SQL) => {
    const { tasks, idempotencyKeys } = queueTables(name);
    const [table, id, key] = partitioned.has(name)
      ? [idempotencyKeys, idempotencyKeys.taskId, idempotencyKeys.key]
      : [tasks, tasks.taskId, tasks.idempotencyKey];
    return sql`select ${id} as id from ${table} where ${key} = any(${values}::text[])`;
  };
  const names = keyed.map(({ name }) => name);
  if (names.length >= MANY_QUEUES && getTenants() === null)
    return queryPortions(db, { id: uuid }, names, {
      key: JSON.stringify(["idempotency keys", ...partitioned]),
      start: sql`with wanted(keys) as (select ${sql.param(keys)}::text[])`,
      write: (name) => sql`(${select(name, sql.raw("$1"))})`,
    });
  const arms = names.map(
    (name) =>
      sql`select ${name}::text as queue, keyed.id from (${select(name, sql`${sql.param(keys)}`)}) as keyed`,
  );
  return queryUnion(db, { queue: text, id: uuid }, arms);
}
