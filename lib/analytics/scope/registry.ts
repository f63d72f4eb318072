import "server-only";
import { sql } from "drizzle-orm";
import { array, boolean, instant, nullable, oneOf, text } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { currentTime, noteTenantColumn, queues } from "@/lib/db/schema";
import { type Database, inSnapshot, type ReadOptions } from "@/lib/db/snapshot";
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

/** A registered queue and what this generation of its tables has. */
export type RegisteredQueue = Pick<Queue, "name" | "createdAt" | "storageMode"> & {
  /** Why its tables cannot be read, if so. */
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

/** A table, or a tenant column, that existed when the registry was queried. */
const GONE: readonly string[] = [SQLSTATE.undefinedTable, SQLSTATE.undefinedColumn];

/**
 * Runs `read` in one snapshot over the named queues, or over all of them if none is named. Starts over when a queue
 * is dropped during the read. Over all queues, those that cannot be read are listed in `unreadable`: a list must
 * never omit them silently.
 *
 * @throws ProblemError `queue_not_found` when a named queue is unknown, `no_schema`, and what `translateReadError`
 *   knows.
 */
export async function withQueues<T>(
  names: string[],
  options: ReadOptions,
  read: (scope: Scope) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inSnapshot(async (db) => read(await openScope(db, names)), options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (GONE.includes(findErrorCode(error) ?? "") && attempt < 3) continue;
      throw translateReadError(error);
    }
  }
}

async function openScope(db: Database, names: string[]): Promise<Scope> {
  const { now, queues: all } = await listRegisteredQueues(db, names);
  for (const name of names) {
    const queue = all.find((candidate) => candidate.name === name);
    if (!queue) throw queueNotFound(name);
    if (queue.unreadable)
      throw new ProblemError({
        code: "forbidden",
        message: `Queue "${name}": ${explainUnreadable(queue.unreadable)}`,
      });
  }
  return {
    db,
    now,
    queues: all.filter((queue) => !queue.unreadable),
    unreadable: all.filter((queue) => queue.unreadable),
  };
}

/**
 * The registered queues that the viewer sees, by name, with the engine's clock. The registry is the only source of queue names: table
 * names also match partitions. Columns of later schemas are looked up, not assumed.
 */
export async function listRegisteredQueues(
  db: Database,
  names: string[] = [],
): Promise<{ now: Iso; queues: RegisteredQueue[] }> {
  const named =
    names.length > 0 ? sql`where q.queue_name = any(${sql.param(names)}::text[])` : sql``;
  const rows = await query(
    db,
    REGISTERED,
    sql`
    select clock.now, registered.*
    from (select ${currentTime} as now offset 0) clock
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
        select bool_and(t.id is not null) as "complete",
          coalesce(bool_and(has_table_privilege(t.id, 'select')), false) as "allowed"
        from unnest(array['t_', 'r_', 'c_', 'e_', 'w_']) as prefix
        cross join lateral (
          select to_regclass(format('absurd.%I', prefix || q.queue_name))::oid as id
        ) t
      ) tables
      ${named}
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
  return {
    now: clock.now,
    queues: rows.flatMap(({ name, createdAt, storageMode, columns, ...row }) =>
      name === null || createdAt === null || storageMode === null || !isQueueVisible(name)
        ? []
        : {
            name,
            createdAt,
            storageMode,
            unreadable: findUnreadableReason(row),
            hasIdempotencyKey: columns?.includes("idempotency_key") ?? false,
            hasHeartbeat: columns?.includes("last_heartbeat") ?? false,
          },
    ),
  };
}

/** One row per queue; where there are none, one row with the clock alone. */
const REGISTERED = {
  now: instant,
  name: nullable(text),
  createdAt: nullable(instant),
  storageMode: nullable(oneOf(STORAGE_MODES)),
  complete: nullable(boolean),
  allowed: nullable(boolean),
  columns: nullable(array(text)),
  tenantColumn: nullable(boolean),
};

function findUnreadableReason(row: {
  complete: boolean | null;
  allowed: boolean | null;
}): UnreadableReason | null {
  if (!row.complete) return "tables_missing";
  return row.allowed ? null : "not_permitted";
}

/** An unreadable queue as a result lists it. */
export function toUnreadable({ name, unreadable }: RegisteredQueue): UnreadableQueue {
  return { name, reason: unreadable ?? "not_permitted" };
}

/** The problem that a queue is not registered. */
export function queueNotFound(queue: string): ProblemError {
  return new ProblemError({
    code: "queue_not_found",
    message: `Queue "${queue}" not found.`,
    hint: "It may have been dropped.",
  });
}

/** The problem that the database has no `absurd` schema. */
export function noSchema(options?: ErrorOptions): ProblemError {
  return new ProblemError(
    {
      code: "no_schema",
      message: "This database has no absurd schema.",
      hint: "Check DATABASE_URL, or install one with `npm run db:migrate -- --engine`.",
    },
    options,
  );
}

/**
 * Keeps data of all tenants of a queue from a viewer who sees some of them.
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
