import { sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { getTenants } from "@/lib/db/tenants";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import { EVERYTHING, intersect, prefixRange, uuidFloor } from "@/lib/model/key-range";
import { ProblemError } from "@/lib/model/problem";
import { isPathHidden } from "@/lib/redaction/rules";
import { rangeMilliseconds } from "@/lib/search-params/parsers";
import { queryOf, type TaskFilters } from "@/lib/search-params/tasks";
import { printPath } from "@/lib/search-params/tasks-paths";
import { decodeCursor } from "../scope/key-pages";
import { redactionRules } from "../scope/redact";
import type { RegisteredQueue } from "../scope/registry";
import type { TaskSearch } from "./rows";

/**
 * What filters mean at an instant of the database's clock. Idempotency keys are looked up: what is searched for then is
 * their tasks. The order plays no part but for where a list without a cursor begins.
 *
 * @throws ProblemError `bad_request` for a foreign cursor, and for a condition on a value that the configuration hides.
 */
export async function toSearch(
  db: Database,
  queues: RegisteredQueue[],
  filters: TaskFilters,
  now: Iso,
): Promise<TaskSearch> {
  refuseHidden(filters);
  const { direction, range } = decodeCursor(
    filters.cursor,
    filters.sort === "oldest" ? "newer" : "older",
  );
  const { after, before } = filters;
  const since = filters.range === null ? null : Date.parse(now) - rangeMilliseconds(filters.range);
  return {
    query: queryOf(filters),
    ids:
      filters.idempotency.length > 0
        ? await findByIdempotencyKeys(db, queues, filters.idempotency)
        : null,
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

/** A search for a hidden value would tell it, one guess after the other. */
function refuseHidden({ where, error }: TaskFilters): void {
  const rules = redactionRules();
  const guess = where.find(({ path }) => isPathHidden(rules, path.source, path.steps));
  const aboutError =
    error.length > 0 &&
    (["name", "message"] as const).some((member) => isPathHidden(rules, "error", [member]));
  if (!guess && !aboutError) return;
  throw new ProblemError({
    code: "bad_request",
    message: `${guess ? printPath(guess.path) : "The error"} cannot be searched: the configuration hides it.`,
    hint: "DASHBOARD_REDACT says what is hidden.",
  });
}

/** Whether a search asks for more than queues and a range of ids. */
export function isNarrowed({ query }: TaskSearch): boolean {
  // No index knows tenants: their tasks are looked for like those of any other filter.
  if (getTenants() !== null) return true;
  const rest = { ...query, queue: [], id: null };
  return Object.values(rest).some((part) => part !== null && part.length > 0);
}

/**
 * The tasks that were spawned under these keys, at most one a queue and key, by the index that keeps the keys unique:
 * that of the tasks, or in a partitioned queue a table of its own. Queues of schemas before 0.0.6 have no keys. An id of a
 * partitioned queue may be of a task that is gone.
 */
export async function findByIdempotencyKeys(
  db: Database,
  queues: RegisteredQueue[],
  keys: string[],
): Promise<Uuid[]> {
  const arms = queues
    .filter((queue) => queue.hasIdempotencyKey)
    .map(({ name, storageMode }) => {
      const { tasks, idempotencyKeys } = queueTables(name);
      const [table, id, key] =
        storageMode === "partitioned"
          ? [idempotencyKeys, idempotencyKeys.taskId, idempotencyKeys.key]
          : [tasks, tasks.taskId, tasks.idempotencyKey];
      return sql`select ${id} as id from ${table} where ${key} = any(${sql.param(keys)}::text[])`;
    });
  if (arms.length === 0) return [];
  const { rows } = await db.execute<{ id: Uuid }>(sql.join(arms, sql` union all `));
  return rows.map((row) => row.id);
}
