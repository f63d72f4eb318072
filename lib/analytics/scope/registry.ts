import "server-only";
import { type SQL, sql } from "drizzle-orm";
import { getDatabase } from "@/lib/db/databases";
import { array, boolean, DecodeError, instant, nullable, oneOf, text } from "@/lib/db/decode";
import { type DecodedRow, query } from "@/lib/db/query";
import { currentTime, noteTenantColumn, queues } from "@/lib/db/schema";
import {
  type Database,
  inSnapshot,
  keepPlans,
  type ReadOptions,
  sendFirst,
} from "@/lib/db/snapshot";
import { getTenants } from "@/lib/db/tenants";
import { isQueueVisible } from "@/lib/db/viewer";
import type { Iso } from "@/lib/model/instants";
import { ProblemError } from "@/lib/model/problem";
import {
  explainUnreadable,
  type Queue,
  STORAGE_MODES,
  type UnreadableQueue,
  type UnreadableReason,
} from "@/lib/model/queue";
import { findErrorCode, SQLSTATE, translateReadError } from "@/lib/model/sqlstate";
import { MANY_QUEUES } from "./union";

/** A registered queue and the features of its generation of tables. */
export type RegisteredQueue = Pick<Queue, "name" | "createdAt" | "storageMode"> & {
  /** Why its tables cannot be read; `null` if they can. */
  unreadable: UnreadableReason | null;
  hasIdempotencyKey: boolean;
  hasHeartbeat: boolean;
};

/** One snapshot of the database with the queues of a query, by name. */
export type Scope = {
  db: Database;
  now: Iso;
  queues: RegisteredQueue[];
  unreadable: RegisteredQueue[];
};

/** First characters of errors of a table, column or right that has changed since it was looked up. */
const CHANGED = "42";

/** The maximum number of times a read starts over. */
const ATTEMPTS = 4;

/**
 * Runs `read` in one snapshot over the named queues, or over all of them if none is named. Starts over if a queue
 * is dropped during the read, or cannot be read. Unless it is the only one named, such a queue is listed in
 * `unreadable`: a list must never omit one silently.
 *
 * @throws ProblemError `queue_not_found` if a named queue is unknown, `no_schema`, and as `translateReadError`
 * does.
 */
export async function withQueues<T>(
  names: string[],
  options: ReadOptions,
  read: (scope: Scope) => Promise<T>,
): Promise<T> {
  let isAfterLock = false;
  const failing = new Set<string>();
  for (let attempt = 1; ; attempt++) {
    try {
      return await inSnapshot(async (db) => {
        const scope = await openScope(db, names, isAfterLock);
        return read(leaveOut(scope, failing));
      }, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      const code = findErrorCode(error) ?? "";
      if (attempt === ATTEMPTS) throw translateReadError(error);
      catalogues.delete(getDatabase().name);
      if (attempt === 1 && code.startsWith(CHANGED)) continue;
      isAfterLock = code === SQLSTATE.lockNotAvailable;
      if (isAfterLock) continue;
      const found = await findFailing(error, names, options, read);
      if (found.length === 0) throw translateReadError(error);
      for (const { name } of found) failing.add(name);
    }
  }
}

function leaveOut(scope: Scope, failing: ReadonlySet<string>): Scope {
  if (failing.size === 0) return scope;
  const found = scope.queues.filter(({ name }) => failing.has(name));
  return {
    ...scope,
    queues: scope.queues.filter(({ name }) => !failing.has(name)),
    unreadable: [
      ...scope.unreadable,
      ...found.map((queue) => ({ ...queue, unreadable: "failing" as const })),
    ],
  };
}

async function openScope(db: Database, names: string[], isAfterLock: boolean): Promise<Scope> {
  const { now, queues: all } = await listRegisteredQueues(db, names, isAfterLock);
  const [only] = names;
  for (const name of names)
    if (!all.some((queue) => queue.name === name)) throw queueNotFound(name);
  if (names.length === 1 && only !== undefined && all[0]?.unreadable)
    throw unreadableQueue(only, all[0].unreadable);
  return {
    db,
    now,
    queues: all.filter((queue) => !queue.unreadable),
    unreadable: all.filter((queue) => queue.unreadable),
  };
}

/** The problem that a registered queue cannot be read. */
export function unreadableQueue(name: string, reason: UnreadableReason): ProblemError {
  const message = `Queue "${name}": ${explainUnreadable(reason)}`;
  return reason === "locked"
    ? new ProblemError({ code: "timed_out", message, hint: "Try again once it has ended." })
    : new ProblemError({ code: "forbidden", message });
}

// Queues whose locks made a read time out. They are left out for as long as they are locked. Pages and routes are
// separate bundles that share only the process.
const KEY = Symbol.for("absurd-dashboard.locked-queues");
const shared = globalThis as { [KEY]?: Set<string> };
shared[KEY] ??= new Set();
const locked = shared[KEY];

/** How long to search for a failing queue, in milliseconds. */
const SEARCH_MS = 4_000;

/**
 * First characters of errors that can affect a single queue: damaged or missing files, rights, unforeseen values.
 */
const OF_ONE_QUEUE = ["XX", "58", "42", "22"];

/**
 * Finds the queues whose tables fail this read, by bisection, so that the others can be shown without them. If all
 * fail, the cause is not a single queue.
 */
async function findFailing(
  error: unknown,
  names: string[],
  options: ReadOptions,
  read: (scope: Scope) => Promise<unknown>,
): Promise<RegisteredQueue[]> {
  const code = findErrorCode(error) ?? "";
  const isOfOneQueue =
    error instanceof DecodeError || OF_ONE_QUEUE.some((prefix) => code.startsWith(prefix));
  if (names.length === 1 || !isOfOneQueue) return [];
  const deadline = performance.now() + SEARCH_MS;
  // Without the registry no queue can be searched; then the original error is reported, not this one.
  const all = await inSnapshot((db) => openScope(db, names, false), options).catch(() => null);
  options.signal?.throwIfAborted();
  if (all === null) return [];
  const search = async (queues: RegisteredQueue[]): Promise<RegisteredQueue[]> => {
    if (performance.now() > deadline) return [];
    const fails = await inSnapshot((db) => read({ ...all, db, queues }), options).then(
      () => false,
      () => true,
    );
    options.signal?.throwIfAborted();
    if (!fails || queues.length <= 1) return fails ? queues : [];
    const middle = Math.ceil(queues.length / 2);
    return [...(await search(queues.slice(0, middle))), ...(await search(queues.slice(middle)))];
  };
  const failing = await search(all.queues);
  return failing.length < all.queues.length ? failing : [];
}

/**
 * Whether a queue is left out because of a lock. Most locks last milliseconds: only one that a read has waited for
 * matters.
 */
function isHeld(name: string, isLocked: boolean, isAfterLock: boolean): boolean {
  if (!isLocked && locked.size === 0) return false;
  const key = JSON.stringify([getDatabase().name, name]);
  if (isLocked && isAfterLock) locked.add(key);
  if (!isLocked) locked.delete(key);
  return locked.has(key);
}

/**
 * The registered queues that the viewer sees, by name, with the engine's clock. The registry is the only source of
 * queue names: table names also match partitions. Columns of later schemas are looked up, not assumed.
 *
 * Of many queues, only the set is read each time; the features of their tables are those of the last ten seconds. A
 * read that fails because they have changed is repeated with new ones.
 */
export async function listRegisteredQueues(
  db: Database,
  names: string[] = [],
  isAfterLock = false,
): Promise<{ now: Iso; queues: RegisteredQueue[] }> {
  const { name: database } = getDatabase();
  const known = names.length > 0 || isAfterLock ? undefined : await findCatalogue(db, database);
  const { now, listed } = known ?? (await readCatalogue(db, database, names));
  return {
    now,
    queues: listed.flatMap(({ queue, isLocked }) => {
      if (!isQueueVisible(queue.name)) return [];
      const isLeftOut = queue.unreadable === null && isHeld(queue.name, isLocked, isAfterLock);
      return isLeftOut ? { ...queue, unreadable: "locked" as const } : queue;
    }),
  };
}

/** Queues with the features of their tables; `version` changes with every change of `absurd.queues`. */
type Catalogue = { version: string | null; readAt: number; listed: ListedQueue[] };
type ListedQueue = { queue: RegisteredQueue; isLocked: boolean };

/** The last catalogue of each database with many queues, by the database's name. */
const catalogues = new Map<string, Catalogue>();

const queueCounts = new Map<string, number>();

/** How many queues the current database had when all of them were last looked up; 0 before. */
export function countKnownQueues(): number {
  return queueCounts.get(getDatabase().name) ?? 0;
}

/** How long a catalogue is used, in milliseconds. */
const CATALOGUE_MS = 10_000;

const VERSION = sql`(
  select count(*)::text || ' ' || coalesce(sum(hashtextextended(v.queue_name || ' ' || v.xmin::text, 0)), 0)::text
  from ${queues} v
)`;

/**
 * The known catalogue if `absurd.queues` is as it was. Row-level security that was enabled since then makes
 * statements fail instead of hiding rows. Restricted viewers need the current columns of tenants.
 */
async function findCatalogue(
  db: Database,
  database: string,
): Promise<{ now: Iso; listed: ListedQueue[] } | undefined> {
  const catalogue = catalogues.get(database);
  if (!catalogue || performance.now() - catalogue.readAt > CATALOGUE_MS) return undefined;
  if (locked.size > 0 || getTenants() !== null) return undefined;
  const secured = sendFirst(db, "set local row_security = off");
  const checked = query(
    keepPlans(db),
    { now: instant, version: text },
    sql`select ${currentTime} as now, ${VERSION} as version`,
  );
  const [[clock]] = await Promise.all([checked, secured]);
  if (clock?.version === catalogue.version) return { now: clock.now, listed: catalogue.listed };
  await sendFirst(db, "set local row_security = default");
  return undefined;
}

async function readCatalogue(
  db: Database,
  database: string,
  names: string[],
): Promise<{ now: Iso; listed: ListedQueue[] }> {
  const readAt = performance.now();
  const rows = await query(
    keepPlans(db),
    REGISTERED,
    sql`
    with locked as materialized (
      -- Planning a query takes locks on indexes and partitions too. Every role sees all locks.
      select coalesce(pg_partition_root(l.id), l.id)::oid as id
      from (
        select coalesce(i.indrelid, l.relation) as id
        from pg_locks l left join pg_index i on i.indexrelid = l.relation
        where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and l.pid <> pg_backend_pid()
          and l.database = (select d.oid from pg_database d where d.datname = current_database())
      ) l
    )
    select clock.*, registered.*
    from (
      select ${currentTime} as now, row_security_active('absurd.queues'::regclass) as "registryFiltered",
        ${names.length === 0 ? VERSION : sql`null::text`} as "version"
      offset 0
    ) clock
    left join lateral (
      select q.queue_name as "name", q.created_at as "createdAt",
        coalesce(to_jsonb(q) ->> 'storage_mode', 'unpartitioned') as "storageMode",
        tables.*,
        array(
          select a.attname::text from pg_attribute a
          where a.attrelid in (
              to_regclass(format('absurd.%I', 't_' || q.queue_name)),
              to_regclass(format('absurd.%I', 'r_' || q.queue_name))
            )
            and a.attname in ('idempotency_key', 'last_heartbeat') and not a.attisdropped
        ) as "columns",
        exists (
          select from pg_attribute a
          where a.attrelid = to_regclass(format('absurd.%I', 't_' || q.queue_name))
            and a.attname = 'tenant_id' and not a.attisdropped
        ) as "tenantColumn"
      from ${queues} q
      cross join lateral (
        select bool_and(t.id is not null) filter (where prefix <> 'i_') as "complete",
          coalesce(bool_and(has_table_privilege(t.id, 'select')) filter (where prefix <> 'i_'), false) as "allowed",
          coalesce(bool_or(row_security_active(t.id)), false) as "filtered",
          coalesce(bool_or(t.id in (select locked.id from locked)), false) as "locked"
        -- Only a partitioned queue has a table of idempotency keys.
        from unnest(array['t_', 'r_', 'c_', 'e_', 'w_', 'i_']) as prefix
        cross join lateral (
          select to_regclass(format('absurd.%I', prefix || q.queue_name))::oid as id
        ) t
      ) tables
      ${whereNamed(names)}
    ) registered on true
    order by registered.name
  `,
  ).catch((error: unknown) => {
    // `absurd.queues` is the only table that this statement names; those of queues are looked up.
    throw findErrorCode(error) === SQLSTATE.undefinedTable ? noSchema({ cause: error }) : error;
  });
  for (const row of rows)
    if (row.name !== null) noteTenantColumn(row.name, row.tenantColumn === true);
  const [clock] = rows;
  if (!clock) throw new Error("The registry returned no row");
  if (clock.registryFiltered) throw filteredTable("absurd.queues");
  if (names.length === 0) queueCounts.set(database, rows.length);
  const listed = rows.flatMap(toListed);
  if (names.length === 0 && rows.length >= MANY_QUEUES)
    catalogues.set(database, { version: clock.version, readAt, listed });
  return { now: clock.now, listed };
}

/** Nothing for the row of a registry without queues. */
function toListed(row: DecodedRow<typeof REGISTERED>): ListedQueue[] {
  const { name, createdAt, storageMode, columns } = row;
  if (name === null || createdAt === null || storageMode === null) return [];
  const queue = {
    name,
    createdAt,
    storageMode,
    unreadable: findUnreadableReason(row),
    hasIdempotencyKey: columns?.includes("idempotency_key") ?? false,
    hasHeartbeat: columns?.includes("last_heartbeat") ?? false,
  };
  return [{ queue, isLocked: row.locked === true }];
}

function whereNamed([first, ...rest]: readonly string[]): SQL {
  if (first === undefined) return sql``;
  // For a list of unknown length the server would expect many queues, and plan the statement each time.
  if (rest.length === 0) return sql`where q.queue_name = ${first}::text`;
  return sql`where q.queue_name = any(${sql.param([first, ...rest])}::text[])`;
}

/** One row per queue; if there are none, one row with only the clock. */
const REGISTERED = {
  now: instant,
  registryFiltered: boolean,
  version: nullable(text),
  name: nullable(text),
  createdAt: nullable(instant),
  storageMode: nullable(oneOf(STORAGE_MODES)),
  complete: nullable(boolean),
  allowed: nullable(boolean),
  filtered: nullable(boolean),
  locked: nullable(boolean),
  columns: nullable(array(text)),
  tenantColumn: nullable(boolean),
};

function findUnreadableReason(row: {
  complete: boolean | null;
  allowed: boolean | null;
  filtered: boolean | null;
}): UnreadableReason | null {
  if (!row.complete) return "tables_missing";
  if (!row.allowed) return "not_permitted";
  return row.filtered ? "row_security" : null;
}

/** An unreadable queue as a result lists it. */
export function toUnreadable({ name, unreadable }: RegisteredQueue): UnreadableQueue {
  return { name, reason: unreadable ?? "not_permitted" };
}

/** The problem of a shared table whose rows may be hidden: an empty result would be taken for an empty table. */
export function filteredTable(table: string): ProblemError {
  return new ProblemError({
    code: "forbidden",
    message: `Row-level security applies to ${table} for the dashboard's database role, so rows may be hidden.`,
    hint: "Use a role that owns the table or has BYPASSRLS.",
  });
}

/** The problem of a queue that is not registered. */
export function queueNotFound(queue: string): ProblemError {
  return new ProblemError({
    code: "queue_not_found",
    message: `Queue "${queue}" not found.`,
    hint: "It may have been dropped.",
  });
}

/** The problem of a database without an `absurd` schema. */
export function noSchema(options?: ErrorOptions): ProblemError {
  return new ProblemError(
    {
      code: "no_schema",
      message: "This database has no absurd schema.",
      hint: "Check DATABASE_URL, or install one with `absurd-dashboard migrate --engine`.",
    },
    options,
  );
}

/**
 * Withholds data of all tenants of a queue from a viewer who sees only some of them.
 *
 * @throws ProblemError `forbidden`
 */
export function refuseRestricted(what: string, queue: string): void {
  if (!isQueueVisible(queue)) throw queueNotFound(queue);
  if (getTenants(queue) === null) return;
  throw new ProblemError({
    code: "forbidden",
    message: `${what} concerns all tenants, and you see only some of them here.`,
  });
}
