import "server-only";
import { and, asc, desc, isNotNull, type SQL, sql } from "drizzle-orm";
import { type QueueTables, queueTables, toIso } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { EVENT_STATES, type EventFilters } from "@/lib/search-params/events";
import { decodeEventCursor, type EventKey, encodeEventCursor } from "./event-cursor";
import type { Direction } from "./keys";
import { inlineLimit, payload } from "./payload";
import { readQueues } from "./registry";
import type { EventSummary, Iso, Page, Payload } from "./types";

/**
 * One page of a queue's events: first those that are awaited and not emitted, by name, then the emitted ones, newest
 * first. Awaited is what a run waits for now, or asked for before: the engine keeps a row for the question.
 *
 * @throws ReadError `bad_request` for a foreign cursor, and what `readQueues` throws.
 */
export function listEvents(
  queue: string,
  filters: EventFilters,
  options: ReadOptions = {},
): Promise<Page<EventSummary>> {
  return readQueues([queue], options, async ({ db, now }) => {
    const tables = queueTables(queue);
    const from = filters.cursor === null ? null : decodeEventCursor(filters.cursor);
    const direction = from?.direction ?? "older";
    const found: Found[] = [];
    for (const state of phases(filters, direction, from?.key)) {
      const missing = filters.limit + 1 - found.length;
      if (missing > 0) found.push(...(await READ[state](db, tables, filters, from, missing)));
    }
    const page = found.slice(0, filters.limit);
    const ahead = found.length > filters.limit ? page.at(-1)?.key : undefined;
    const behind = from ? (page[0]?.key ?? from.key) : undefined;
    const older = direction === "older" ? ahead : behind;
    const newer = direction === "older" ? behind : ahead;
    const rows = direction === "older" ? page : page.reverse();
    return {
      rows: await withWaiters(db, queue, rows, now),
      older: older ? encodeEventCursor("older", older) : null,
      newer: newer ? encodeEventCursor("newer", newer) : null,
      now,
    };
  });
}

type Found = { key: EventKey; payload: Payload };
type From = { direction: Direction; key: EventKey } | null;

/** The parts of the list that lie ahead, in the order in which they are met. */
function phases(filters: EventFilters, direction: Direction, key: EventKey | undefined) {
  const order = direction === "older" ? (["awaited", "emitted"] as const) : EVENT_STATES;
  return order
    .slice(key ? order.indexOf(key.state) : 0)
    .filter((state) => filters.state.length === 0 || filters.state.includes(state));
}

const READ = { awaited: readAwaited, emitted: readEmitted };

async function readAwaited(
  db: Database,
  { events, waits }: QueueTables,
  { name }: EventFilters,
  from: From,
  limit: number,
): Promise<Found[]> {
  const older = from?.direction !== "newer";
  const wanted = (column: typeof events.name | typeof waits.eventName) =>
    and(
      beginsWith(column, name),
      from?.key.state === "awaited"
        ? sql`${column} ${older ? sql`>` : sql`<`} ${from.key.name}`
        : undefined,
    ) ?? sql`true`;
  // A question leaves a row without payload, dated 1970, which the index on the time finds. Cleaning up events, and
  // engines before 0.0.7, leave none: then only the wait tells. The limit in the look-up keeps it one by key: joined
  // as a whole it would read all events.
  const { rows } = await db.execute<{ name: string }>(sql`
    select ${events.name} as name from ${events}
    where ${events.payload} is null and ${events.emittedAt} = to_timestamp(0) and ${wanted(events.name)}
    union
    select awaited.name
    from (select distinct ${waits.eventName} as name from ${waits} where ${wanted(waits.eventName)}) awaited
    left join lateral (
      select ${events.payload} is not null as emitted from ${events}
      where ${events.name} = awaited.name limit 1
    ) event on true
    where event.emitted is not true
    order by name ${older ? sql`asc` : sql`desc`} limit ${limit}::int`);
  return rows.map((row) => ({ key: { state: "awaited", name: row.name }, payload: null }));
}

async function readEmitted(
  db: Database,
  { events }: QueueTables,
  filters: EventFilters,
  from: From,
  limit: number,
): Promise<Found[]> {
  const older = from?.direction !== "newer";
  const order = older ? desc : asc;
  const beyond =
    from?.key.state === "emitted"
      ? sql`(${events.emittedAt}, ${events.name}) ${older ? sql`<` : sql`>`}
          (${from.key.emittedAt}::timestamptz, ${from.key.name})`
      : undefined;
  const rows = await db
    .select({
      name: events.name,
      emittedAt: sql<string>`${events.emittedAt}::text`,
      payload: payload(events.payload, inlineLimit(filters.limit)),
    })
    .from(events)
    .where(and(isNotNull(events.payload), beginsWith(events.name, filters.name), beyond))
    .orderBy(order(events.emittedAt), order(events.name))
    .limit(limit);
  return rows.map(({ payload, ...key }) => ({ key: { state: "emitted", ...key }, payload }));
}

function beginsWith(
  column: QueueTables["events"]["name"] | QueueTables["waits"]["eventName"],
  prefix: string | null,
): SQL | undefined {
  return prefix === null ? undefined : sql`starts_with(${column}, ${prefix})`;
}

/** Waiters are the runs that an emit would wake now: those whose time is not over. */
async function withWaiters(
  db: Database,
  queue: string,
  found: Found[],
  now: Iso,
): Promise<EventSummary[]> {
  const { waits } = queueTables(queue);
  const names = found.map(({ key }) => key.name);
  const waiting = await db
    .select({
      name: waits.eventName,
      waiters: sql<number>`count(*)::int`,
      nextTimeoutAt: sql<Iso | null>`min(${waits.timeoutAt})`.mapWith(toIso),
    })
    .from(waits)
    .where(
      sql`${waits.eventName} = any(${sql.param(names)}::text[])
        and (${waits.timeoutAt} is null or ${waits.timeoutAt} > ${now}::timestamptz)`,
    )
    .groupBy(waits.eventName);
  const byName = new Map(waiting.map((row) => [row.name, row]));
  return found.map(({ key, payload }) => ({
    queue,
    name: key.name,
    emittedAt: key.state === "emitted" ? toIso(key.emittedAt) : null,
    payload,
    waiters: byName.get(key.name)?.waiters ?? 0,
    nextTimeoutAt: byName.get(key.name)?.nextTimeoutAt ?? null,
  }));
}
