import "server-only";
import { eq, type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { escapeLiteral } from "pg";
import { getDatabase } from "@/lib/db/databases";
import { boolean, instant, integer, nullable, text } from "@/lib/db/decode";
import { type DecodedRow, fixText, query } from "@/lib/db/query";
import { ownFirst, type QueueTables, queueTables } from "@/lib/db/schema";
import { type Database, keepPlans, type ReadOptions } from "@/lib/db/snapshot";
import { getTenants, narrowTenants } from "@/lib/db/tenants";
import { groupBy } from "@/lib/model/group-by";
import { type Iso, parseTimestamp } from "@/lib/model/instants";
import type { Payload } from "@/lib/model/json";
import { type Direction, formatCursor, type Page, PLACE } from "@/lib/model/page";
import {
  EVENT_STATES,
  type EventState,
  type EventSummary,
  type EventWaiters,
} from "@/lib/model/rows/event";
import type { EventFilters } from "@/lib/search-params/events";
import { requireCursor } from "./scope/key-pages";
import { inlineLimit, payload } from "./scope/payload";
import { inPortions } from "./scope/portions";
import { toUnreadable, withQueues } from "./scope/registry";
import { queryUnion } from "./scope/union";

/**
 * One page of the events of the named queues, or of all queues: first those that tasks wait for, earliest timeout
 * first; then the emitted ones, newest first; last, by name, those that were awaited earlier and have no waiters.
 *
 * @throws ProblemError `bad_request` for a foreign cursor, and as `withQueues` does.
 */
export function listEvents(
  filters: EventFilters,
  options: ReadOptions = {},
): Promise<Page<EventSummary>> {
  return withQueues(filters.queue, options, async ({ db, now, queues, unreadable }) => {
    const readable = queues.map((queue) => queue.name);
    const names =
      filters.name === null ? readable : await listQueuesWith(db, readable, filters.name);
    const cursor = filters.cursor === null ? null : parseEventCursor(filters.cursor);
    const direction = cursor?.direction ?? "older";
    const list = (state: EventState, limit: number) => {
      const from = cursor?.key.state === state ? cursor.key : null;
      const { name, tenant: tenants } = filters;
      return listEventKeys(db, names, { state, name, tenants, direction, from, limit });
    };
    const states = sectionsAhead(filters, direction, cursor?.key);
    const found: EventKey[] = [];
    // A name is usually in one section, so that all of them are read, in one round trip.
    if (filters.name !== null)
      for (const keys of await Promise.all(states.map((state) => list(state, filters.limit + 1))))
        found.push(...keys);
    else
      for (const state of states) {
        const limit = filters.limit + 1 - found.length;
        if (limit > 0) found.push(...(await list(state, limit)));
      }
    const page = found.slice(0, filters.limit);
    const ahead = found.length > filters.limit ? page.at(-1) : undefined;
    const behind = cursor ? (page[0] ?? cursor.key) : undefined;
    const [older, newer] = direction === "older" ? [ahead, behind] : [behind, ahead];
    const rows = direction === "older" ? page : page.reverse();
    return {
      rows: await describeEvents(db, rows, now, filters.tenant),
      older: older ? formatEventCursor("older", older) : null,
      newer: newer ? formatEventCursor("newer", newer) : null,
      now,
      ...(unreadable.length > 0 ? { unreadable: unreadable.map(toUnreadable) } : {}),
    };
  });
}

/**
 * The queues that have an event or a wait whose name begins with this prefix: usually one, so that the statements of
 * the sections are short.
 */
async function listQueuesWith(db: Database, queues: string[], prefix: string): Promise<string[]> {
  const end = getPrefixEnd(prefix);
  const found = await queryUnion(
    keepPlans(db),
    { queue: text },
    queues.map(selectIfNamed),
    (union) => sql`with names as materialized (
        select ${prefix}::text as start, ${end}::text as "end",
          -- Only then do all names with a prefix lie between two texts.
          ${end !== null}::boolean and d.encoding = pg_char_to_encoding('UTF8')
            -- Servers before PostgreSQL 15 have one provider.
            and case coalesce(to_jsonb(d) ->> 'datlocprovider', 'c')
              when 'b' then true when 'c' then d.datcollate in ('C', 'POSIX') else false end as "isBytewise"
        from pg_database d where d.datname = current_database()
      ) ${union}`,
  );
  return found.map(({ queue }) => queue);
}

const namedTexts = new WeakMap<QueueTables, Map<string, SQL>>();

/** The queue, if it has an event or a wait with one of `names`. */
function selectIfNamed(queue: string): SQL {
  const tables = queueTables(queue);
  const { events, waits, isOwn } = tables;
  const has = (table: PgTable, condition: SQL) =>
    sql`exists (select from ${table} where ${condition})`;
  // A plan that is kept can look up a range of names, but no prefix. Values in a subquery don't change a plan's cost:
  // otherwise the server would plan each time.
  const find = (table: PgTable, column: SQL) => sql`case when (select "isBytewise" from names)
    then ${has(
      table,
      sql`${column} >= (select start from names) collate "default" and ${column} < (select "end" from names) collate "default"`,
    )} else ${has(table, sql`starts_with(${column}, (select start from names))`)} end`;
  const named = sql.raw(escapeLiteral(queue));
  // A visible event has a visible wait, so the names of other tenants' events are not compared.
  const startsWith = sql`starts_with(${waits.eventName}, (select start from names))`;
  if (isOwn)
    return sql`select ${named}::text as queue where ${has(waits, ownFirst(tables, "waits", startsWith))}`;
  const write = () => sql`select ${named}::text as queue
    where ${find(events, sql`${events.name}`)} or ${find(waits, sql`${waits.eventName}`)}`;
  const known = namedTexts.get(tables) ?? new Map<string, SQL>();
  namedTexts.set(tables, known);
  return fixText(known, queue, write);
}

const LAST_CODE_POINT = 0x10ffff;

/** The first text after all texts that begin with this one, by code points; `null` if there is none. */
function getPrefixEnd(prefix: string): string | null {
  const points = [...prefix].map((character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === LAST_CODE_POINT) points.pop();
  const last = points.pop();
  if (last === undefined) return null;
  // Half of a surrogate pair is no character.
  const next = last >= 0xd7ff && last < 0xe000 ? 0xe000 : last + 1;
  return String.fromCodePoint(...points, next);
}

/** The remaining sections of the list in this direction, in order. */
function sectionsAhead(filters: EventFilters, direction: Direction, key: EventKey | undefined) {
  const order = direction === "older" ? EVENT_STATES : EVENT_STATES.toReversed();
  return order
    .slice(key ? order.indexOf(key.state) : 0)
    .filter((state) => filters.state.length === 0 || filters.state.includes(state));
}

/**
 * The runs that wait for an event, earliest timeout first, at most `limit`. A run whose timeout has passed is
 * included until a worker claims it.
 *
 * @throws ProblemError as `withQueues` does. An unknown event has no waiters.
 */
export function listWaiters(
  queue: string,
  name: string,
  { limit = 100, ...options }: ReadOptions & { limit?: number } = {},
): Promise<EventWaiters> {
  return withQueues([queue], options, async ({ db, now }) => {
    const tables = queueTables(queue);
    const { tasks, waits, tenantId } = tables;
    const first = db
      .select({
        taskId: waits.taskId,
        runId: waits.runId,
        stepName: waits.stepName,
        createdAt: waits.createdAt,
        timeoutAt: waits.timeoutAt,
        total: sql`count(*) over ()::int`.mapWith(integer).as("total"),
      })
      .from(waits)
      .where(ownFirst(tables, "waits", eq(waits.eventName, name)))
      .orderBy(waits.timeoutAt, waits.runId, waits.stepName)
      .limit(limit)
      .as("first");
    const rows = await db
      .select({
        taskId: first.taskId,
        runId: first.runId,
        taskName: tasks.name,
        tenantId: sql`left(${tenantId}, 200)`.mapWith(nullable(text)),
        stepName: first.stepName,
        createdAt: first.createdAt,
        timeoutAt: first.timeoutAt,
        total: first.total,
      })
      .from(first)
      .innerJoin(tasks, eq(tasks.taskId, first.taskId))
      .orderBy(first.timeoutAt, first.runId, first.stepName);
    return { rows: rows.map(({ total: _, ...row }) => row), total: rows[0]?.total ?? 0, now };
  });
}

/** One section of the list of events: those in one state, from a cursor on. */
export type EventSection = {
  state: EventState;
  /** A prefix of the name. */
  name: string | null;
  /** Only events that tasks of these tenants wait for; empty: all events. */
  tenants: readonly string[];
  direction: Direction;
  /** The cursor to continue from; `null` starts at the first event of the section in this direction. */
  from: EventKey | null;
  limit: number;
};

/**
 * The events of a section over these queues, in the order of the list's direction: awaited ones by timeout,
 * emitted ones newest first, the others by name. Each queue contributes at most `limit`, so the cost depends on
 * the page and the current waits, never on the number of emitted events.
 */
export async function listEventKeys(
  db: Database,
  queues: string[],
  section: EventSection,
): Promise<EventKey[]> {
  // An event belongs to a tenant only through a waiting task, so a tenant has no events without waiters.
  if (queues.length === 0 || (isRestricted(section) && section.state === "asked")) return [];
  const first =
    (await listFirstOfMany(db, queues, section)) ?? (await listFirstAwaited(db, queues, section));
  if (first) return first;
  const order = getOrder(section);
  const arms = queues.map((queue) => sql`(${ARMS[section.state](queue, section)})`);
  const rows = await query(
    db,
    { queue: text, name: text, at: text },
    sql`
    select queue, name, at::text as at from (${sql.join(arms, sql` union all `)}) as merged
    order by merged.at ${order}, merged.name ${order}, merged.queue ${order}
    limit ${section.limit}::int`,
  );
  return rows.map((row) => ({ ...row, state: section.state }));
}

/** How many waits to sort by their timeouts for each event of a first page: an event may have several. */
const WAITS_PER_EVENT = 4;

/** With more queues, the first awaited events of each would be many rows. */
const FEW_QUEUES = 50;

/** Timeouts that waits of recent first pages did not exceed, by database, queues and size of the page. */
const reached = new Map<string, string>();
const MOST_REACHED = 100;

/**
 * The first awaited events by the earliest waits of each queue: sorting a few waits takes a fraction of the time of
 * grouping all of them, and comparing their timeouts with one that sufficed last time a fraction of sorting them.
 * `null` if these waits don't suffice, or for any other section or page.
 */
async function listFirstAwaited(
  db: Database,
  queues: string[],
  section: EventSection,
): Promise<EventKey[] | null> {
  const { state, from, direction, name, limit } = section;
  const isFirst = state === "awaited" && from === null && direction === "older";
  if (!isFirst || queues.length > FEW_QUEUES) return null;
  const isAll = name === null && !isRestricted(section);
  const key = JSON.stringify([getDatabase().name, queues, limit]);
  const until = isAll ? reached.get(key) : undefined;
  if (until !== undefined) {
    const early = await listEarliestAwaited(db, queues, section, until);
    // All waits that were not read end later than these.
    if (early.length === limit && !early.some((row) => row.unread)) return toAwaited(early);
  }
  const rows = await listEarliestAwaited(db, queues, section, null);
  if (rows.some((row) => row.unread)) return null;
  if (isAll) {
    const timeout = await findTimeout(db, queues, limit * WAITS_PER_EVENT);
    if (reached.size >= MOST_REACHED) reached.clear();
    if (timeout === null) reached.delete(key);
    else reached.set(key, timeout);
  }
  return toAwaited(rows);
}

const firstTexts = new Map<string, SQL>();
const FIRST = { place: integer, name: text, at: text };
type First = { queue: string; name: string; at: string };

/**
 * The first events of a section over many queues, by statements that the session keeps: awaited ones by the earliest waits
 * of all queues together. `null` if these don't suffice, or for any other section or page.
 */
async function listFirstOfMany(
  db: Database,
  queues: string[],
  section: EventSection,
): Promise<EventKey[] | null> {
  const { state, from, direction, name, limit } = section;
  const isFirst = from === null && direction === "older" && name === null;
  if (queues.length <= FEW_QUEUES || !isFirst || state === "asked" || isRestricted(section))
    return null;
  const most = state === "awaited" ? limit * WAITS_PER_EVENT : limit;
  const order = getOrder(section);
  const found = await inPortions(db, queues, async (names) => {
    const key = JSON.stringify([state, most, names]);
    const statement = fixText(firstTexts, key, () => selectFirst(names, state, order, most));
    const rows = await query(keepPlans(db), FIRST, statement);
    return rows.map((row) => ({ queue: names[row.place] ?? "", name: row.name, at: row.at }));
  });
  const first = await sortFirst(db, found, order, most);
  if (state === "emitted") return first.map((row) => ({ ...row, state }));
  // The first wait of an event has its earliest timeout.
  const events = [...groupBy(first, (row) => id(row.queue, row.name)).values()].flatMap(
    ([earliest]) => earliest ?? [],
  );
  const awaited: EventKey[] = [];
  for (let start = 0; start < events.length && awaited.length < limit; start += limit) {
    const part = events.slice(start, start + limit);
    const emitted = await listEmitted(db, part);
    for (const event of part)
      if (!emitted.has(id(event.queue, event.name))) awaited.push({ ...event, state });
  }
  return awaited.length >= limit || first.length < most ? awaited.slice(0, limit) : null;
}

/** The first waits or emitted events of a portion of the queues. */
function selectFirst(
  queues: readonly string[],
  state: "awaited" | "emitted",
  order: SQL,
  most: number,
): SQL {
  const limit = sql.raw(`${most}`);
  const arms = queues.map((queue, place) => {
    const { events, waits } = queueTables(queue);
    const columns =
      state === "awaited"
        ? sql`event_name as name, coalesce(timeout_at, 'infinity') as at from ${waits}`
        : sql`event_name as name, emitted_at as at from ${events} where payload is not null`;
    return sql`(select ${sql.raw(`${place}`)} as place, ${columns} order by at ${order}, name ${order} limit ${limit})`;
  });
  return sql`select place, name, at::text as at from (${sql.join(arms, sql` union all `)}) as firsts
    order by firsts.at ${order}, firsts.name ${order}, firsts.place ${order} limit ${limit}`;
}

/** The first rows in the database's order, which depends on its locale. */
async function sortFirst(
  db: Database,
  rows: readonly First[],
  order: SQL,
  most: number,
): Promise<First[]> {
  const column = (name: keyof First) => sql.param(rows.map((row) => row[name]));
  return query(
    db,
    { queue: text, name: text, at: text },
    sql`select queue, name, at::text as at
      from unnest(${column("queue")}::text[], ${column("name")}::text[], ${column("at")}::timestamptz[])
        as firsts (queue, name, at)
      order by firsts.at ${order}, name ${order}, queue ${order} limit ${most}::int`,
  );
}

/** Which of these events are emitted. */
async function listEmitted(db: Database, wanted: readonly First[]): Promise<Set<string>> {
  const arms = [...groupBy(wanted, ({ queue }) => queue)].map(([queue, rows]) => {
    const { events } = queueTables(queue);
    const names = rows.map(({ name }) => name);
    return sql`select ${queue}::text as queue, ${events.name} as name from ${events}
      where ${events.name} = any(${sql.param(names)}::text[]) and ${events.payload} is not null`;
  });
  const rows = await queryUnion(keepPlans(db), { queue: text, name: text }, arms);
  return new Set(rows.map(({ queue, name }) => id(queue, name)));
}

/** The timeout at this place among the timeouts of all waits, earliest first; `null` if there are fewer. */
async function findTimeout(db: Database, queues: string[], place: number): Promise<string | null> {
  const arms = queues.map((queue) => {
    const { waits } = queueTables(queue);
    return sql`select ${waits.timeoutAt} as at from ${waits} where ${waits.timeoutAt} is not null`;
  });
  const [found] = await query(
    keepPlans(db),
    { at: text },
    sql`select at::text as at from (${sql.join(arms, sql` union all `)}) as timeouts
      order by timeouts.at offset ${sql.raw(`${place - 1}`)} limit 1`,
  );
  return found?.at ?? null;
}

type Awaited = DecodedRow<typeof AWAITED>;
const AWAITED = { queue: text, name: text, at: text, unread: boolean };

const toAwaited = (rows: readonly Awaited[]): EventKey[] =>
  rows.map(({ queue, name, at }) => ({ queue, name, at, state: "awaited" }));

/** The events of the earliest waits of each queue, of those that time out up to `until` unless it is `null`. */
function listEarliestAwaited(
  db: Database,
  queues: string[],
  { name, tenants, limit }: EventSection,
  until: string | null,
): Promise<Awaited[]> {
  const most = limit * WAITS_PER_EVENT;
  const arms = queues.map((queue) => {
    const tables = queueTables(queue, tenants);
    const { events, waits } = tables;
    // A value in a subquery doesn't change a plan's cost: otherwise the server would plan each time.
    const isEarly =
      until === null ? sql`` : sql`and ${waits.timeoutAt} <= (select ${until}::timestamptz)`;
    // The wait after the last of them marks where a queue's further events may begin.
    return sql`(
      select ${queue}::text as queue, first.name, first.at, first.unread
      from (
        select name, min(at) as at, n > ${most}::int as unread
        from (
          select name, at, row_number() over (order by at, name) as n
          from (
            select ${waits.eventName} as name, coalesce(${waits.timeoutAt}, 'infinity') as at
            from ${waits} where ${waitBeginsWith(tables, name)} ${isEarly}
            order by at, name limit ${sql.raw(`${most + 1}`)}
          ) as earliest
        ) as numbered
        group by name, unread order by min(at), name
      ) as first
      left join lateral (
        select true as emitted from ${events}
        where ${events.name} = first.name and ${events.payload} is not null limit 1
      ) as event on true
      where first.unread or event.emitted is null
      order by first.at, first.name limit ${sql.raw(`${limit}`)})`;
  });
  return query(
    // A kept plan could not use an index for the prefix of a name.
    name === null ? keepPlans(db) : db,
    AWAITED,
    sql`
    select queue, name, at::text as at, unread from (${sql.join(arms, sql` union all `)}) as merged
    order by merged.at, merged.name, merged.queue limit ${sql.raw(`${limit}`)}`,
  );
}

const ARMS: Record<EventState, (queue: string, section: EventSection) => SQL> = {
  awaited: awaitedArm,
  emitted: emittedArm,
  asked: askedArm,
};

/**
 * Uses the waits, because an awaited event may have no row: after a clean-up of events, and on engines before
 * 0.0.7. Sorts before the lookups, so that only the events of the page are looked up by key.
 */
function awaitedArm(queue: string, section: EventSection): SQL {
  const tables = queueTables(queue, section.tenants);
  const { events, waits } = tables;
  const order = getOrder(section);
  return sql`
    select ${queue}::text as queue, awaited.name, awaited.at
    from (
      select name, at
      from (
        select ${waits.eventName} as name, coalesce(min(${waits.timeoutAt}), 'infinity') as at
        from ${waits} where ${waitBeginsWith(tables, section.name)}
        group by ${waits.eventName}
      ) as grouped
      where ${beyond(section, sql`at`, sql`name`, queue)}
      order by at ${order}, name ${order}
    ) as awaited
    left join lateral (
      select true as emitted from ${events}
      where ${events.name} = awaited.name and ${events.payload} is not null limit 1
    ) as event on true
    where event.emitted is null
    order by awaited.at ${order}, awaited.name ${order} limit ${section.limit}::int`;
}

function emittedArm(queue: string, section: EventSection): SQL {
  const tables = queueTables(queue, section.tenants);
  const { events, waits } = tables;
  const order = getOrder(section);
  // Found through the waits: a scan backwards in time would test every event of the queue.
  const isNamed = isRestricted(section)
    ? sql`${events.name} = any(array(select ${waits.eventName} from ${waits} where ${waitBeginsWith(tables, section.name)}))`
    : beginsWith(sql`${events.name}`, section.name);
  return sql`
    select ${queue}::text as queue, ${events.name} as name, ${events.emittedAt} as at
    from ${events}
    where ${events.payload} is not null and ${isNamed}
      and ${beyond(section, sql`${events.emittedAt}`, sql`${events.name}`, queue)}
    order by ${events.emittedAt} ${order}, ${events.name} ${order} limit ${section.limit}::int`;
}

/**
 * The row of an event that was only awaited has no payload and is dated 1970, so the index on the time finds it.
 */
function askedArm(queue: string, section: EventSection): SQL {
  const { events, waits } = queueTables(queue, section.tenants);
  const order = getOrder(section);
  return sql`
    select ${queue}::text as queue, ${events.name} as name, ${events.emittedAt} as at
    from ${events}
    where ${events.payload} is null and ${events.emittedAt} = to_timestamp(0)
      and ${beginsWith(sql`${events.name}`, section.name)}
      and ${beyond(section, sql`${events.emittedAt}`, sql`${events.name}`, queue)}
      and not exists (select from ${waits} where ${waits.eventName} = ${events.name})
    order by ${events.name} ${order} limit ${section.limit}::int`;
}

function isRestricted({ tenants }: EventSection): boolean {
  return narrowTenants(getTenants(), tenants) !== null;
}

/** Whether the section's key ascends: emitted events are listed newest first, the other sections in ascending order. */
function ascends({ state, direction }: EventSection): boolean {
  return (state === "emitted") === (direction === "newer");
}

function getOrder(section: EventSection): SQL {
  return ascends(section) ? sql`asc` : sql`desc`;
}

function beyond(section: EventSection, at: SQL, name: SQL, queue: string): SQL {
  const { from } = section;
  if (from === null) return sql`true`;
  return sql`(${at}, ${name}, ${queue}::text) ${ascends(section) ? sql`>` : sql`<`}
    (${from.at}::timestamptz, ${from.name}::text, ${from.queue}::text)`;
}

function waitBeginsWith(tables: QueueTables, prefix: string | null): SQL {
  const condition = beginsWith(sql`${tables.waits.eventName}`, prefix);
  return prefix === null ? condition : ownFirst(tables, "waits", condition);
}

function beginsWith(column: SQL, prefix: string | null): SQL {
  return prefix === null ? sql`true` : sql`starts_with(${column}, ${prefix})`;
}

/**
 * What a list shows of these events, in order: the payloads of emitted ones and the number of waiters, limited to
 * these tenants if any are named.
 */
export async function describeEvents(
  db: Database,
  keys: EventKey[],
  now: Iso,
  tenants: readonly string[] = [],
): Promise<EventSummary[]> {
  const byQueue = [...groupBy(keys, (key) => key.queue)];
  const [waiting, payloads] = await Promise.all([
    countWaiters(db, byQueue, now, tenants),
    listPayloads(db, byQueue, inlineLimit(keys.length)),
  ]);
  return keys.map(({ state, at, name, queue }) => {
    const waits = waiting.get(id(queue, name));
    return {
      queue,
      name,
      state,
      emittedAt: state === "emitted" ? parseTimestamp(at) : null,
      payload: payloads.get(id(queue, name)) ?? null,
      waiters: waits?.waiters ?? 0,
      overdue: waits?.overdue ?? 0,
      nextTimeoutAt: waits?.nextTimeoutAt ?? null,
    };
  });
}

const id = (queue: string, name: string) => JSON.stringify([queue, name]);

type Grouped = [queue: string, keys: EventKey[]][];
const WAITING = {
  queue: text,
  name: text,
  waiters: integer,
  overdue: integer,
  nextTimeoutAt: nullable(instant),
};
type Waiting = DecodedRow<typeof WAITING>;

async function countWaiters(
  db: Database,
  byQueue: Grouped,
  now: Iso,
  tenants: readonly string[],
): Promise<Map<string, Waiting>> {
  const arms = byQueue.map(([queue, keys]) => {
    const { waits } = queueTables(queue, tenants);
    const due = sql`${waits.timeoutAt} <= ${now}::timestamptz`;
    return sql`
      select ${queue}::text as queue, ${waits.eventName} as name,
        (count(*) - count(*) filter (where ${due}))::int as waiters,
        (count(*) filter (where ${due}))::int as overdue,
        min(${waits.timeoutAt}) as "nextTimeoutAt"
      from ${waits} where ${waits.eventName} = any(${sql.param(keys.map((key) => key.name))}::text[])
      group by ${waits.eventName}`;
  });
  if (arms.length === 0) return new Map();
  const rows = await queryUnion(keepPlans(db), WAITING, arms);
  return new Map(rows.map((row) => [id(row.queue, row.name), row]));
}

async function listPayloads(
  db: Database,
  byQueue: Grouped,
  limit: number,
): Promise<Map<string, Payload>> {
  const found = byQueue.map(async ([queue, keys]) => {
    const names = keys.filter((key) => key.state === "emitted").map((key) => key.name);
    if (names.length === 0) return [];
    const { events } = queueTables(queue);
    const rows = await keepPlans(db)
      .select({ name: events.name, payload: payload(events.payload, limit) })
      .from(events)
      .where(sql`${events.name} = any(${sql.param(names)}::text[])`);
    return rows.map((row): [string, Payload] => [id(queue, row.name), row.payload]);
  });
  return new Map((await Promise.all(found)).flat());
}

/**
 * The place of an event in its section of the list. `at` has microseconds and decides first: the earliest timeout
 * of an awaited event (`infinity` without one), or the time when an event was emitted.
 */
export type EventKey = { state: EventState; at: string; name: string; queue: string };

function formatEventCursor(direction: Direction, { state, at, name, queue }: EventKey): string {
  return formatCursor(direction, state, at, name, queue);
}

/** @throws ProblemError `bad_request` for a foreign cursor. */
function parseEventCursor(cursor: string): { direction: Direction; key: EventKey } {
  const { direction, place } = requireCursor(cursor, [
    isEventState,
    PLACE.time,
    PLACE.text,
    PLACE.text,
  ]);
  const [state, at, name, queue] = place;
  return { direction, key: { state: state as EventState, at, name, queue } };
}

function isEventState(text: string): text is EventState {
  return EVENT_STATES.some((state) => state === text);
}
