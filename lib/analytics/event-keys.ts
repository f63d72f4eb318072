import { type SQL, sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { getTenants, narrowTenants } from "@/lib/db/tenants";
import type { EventState } from "@/lib/model/event";
import type { Direction } from "@/lib/model/page";
import type { EventKey } from "./event-cursor";

/** One part of the list of events: those in one state, from a place on. */
export type EventStretch = {
  state: EventState;
  /** The beginning of the name. */
  name: string | null;
  /** Whose tasks wait for them; none means everybody's, and events that nobody waits for. */
  tenants: readonly string[];
  direction: Direction;
  /** Where to go on; `null` begins at the part's end that lies nearer. */
  from: EventKey | null;
  limit: number;
};

/**
 * The events of a stretch over these queues, in the order in which they are met: awaited ones with the earliest
 * time-out first, emitted ones the newest first, those that were only asked for by name. Each queue gives at most
 * `limit` of its own to the merge, so the cost follows the page and what waits now, never what was ever emitted.
 */
export async function readEventKeys(
  db: Database,
  queues: string[],
  stretch: EventStretch,
): Promise<EventKey[]> {
  // Somebody waits for each of the events that are somebody's.
  if (queues.length === 0 || (isRestricted(stretch) && stretch.state === "asked")) return [];
  const order = orderOf(stretch);
  const arms = queues.map((queue) => sql`(${ARMS[stretch.state](queue, stretch)})`);
  const { rows } = await db.execute<Omit<EventKey, "state">>(sql`
    select queue, name, at::text as at from (${sql.join(arms, sql` union all `)}) as merged
    order by merged.at ${order}, merged.name ${order}, merged.queue ${order}
    limit ${stretch.limit}::int`);
  return rows.map((row) => ({ ...row, state: stretch.state }));
}

const ARMS: Record<EventState, (queue: string, stretch: EventStretch) => SQL> = {
  awaited: awaitedArm,
  emitted: emittedArm,
  asked: askedArm,
};

/**
 * The waits tell, since cleaning up events, and engines before 0.0.7, leave no row for the question. Sorted before the
 * look-ups, so that only as many events are looked up by key as the page needs.
 */
function awaitedArm(queue: string, stretch: EventStretch): SQL {
  const { events, waits } = queueTables(queue, stretch.tenants);
  const order = orderOf(stretch);
  return sql`
    select ${queue}::text as queue, awaited.name, awaited.at
    from (
      select name, at
      from (
        select ${waits.eventName} as name, coalesce(min(${waits.timeoutAt}), 'infinity') as at
        from ${waits} where ${beginsWith(sql`${waits.eventName}`, stretch.name)}
        group by ${waits.eventName}
      ) as grouped
      where ${beyond(stretch, sql`at`, sql`name`, queue)}
      order by at ${order}, name ${order}
    ) as awaited
    left join lateral (
      select true as emitted from ${events}
      where ${events.name} = awaited.name and ${events.payload} is not null limit 1
    ) as event on true
    where event.emitted is null
    order by awaited.at ${order}, awaited.name ${order} limit ${stretch.limit}::int`;
}

function emittedArm(queue: string, stretch: EventStretch): SQL {
  const { events, waits } = queueTables(queue, stretch.tenants);
  const order = orderOf(stretch);
  // Found through the waits, since reading backwards in time would test every event there ever was.
  const waitedFor = isRestricted(stretch)
    ? sql`and ${events.name} = any(array(select ${waits.eventName} from ${waits}))`
    : sql``;
  return sql`
    select ${queue}::text as queue, ${events.name} as name, ${events.emittedAt} as at
    from ${events}
    where ${events.payload} is not null ${waitedFor} and ${beginsWith(sql`${events.name}`, stretch.name)}
      and ${beyond(stretch, sql`${events.emittedAt}`, sql`${events.name}`, queue)}
    order by ${events.emittedAt} ${order}, ${events.name} ${order} limit ${stretch.limit}::int`;
}

/** The row of a question has no payload and is dated 1970, which the index on the time finds. */
function askedArm(queue: string, stretch: EventStretch): SQL {
  const { events, waits } = queueTables(queue, stretch.tenants);
  const order = orderOf(stretch);
  return sql`
    select ${queue}::text as queue, ${events.name} as name, ${events.emittedAt} as at
    from ${events}
    where ${events.payload} is null and ${events.emittedAt} = to_timestamp(0)
      and ${beginsWith(sql`${events.name}`, stretch.name)}
      and ${beyond(stretch, sql`${events.emittedAt}`, sql`${events.name}`, queue)}
      and not exists (select from ${waits} where ${waits.eventName} = ${events.name})
    order by ${events.name} ${order} limit ${stretch.limit}::int`;
}

function isRestricted({ tenants }: EventStretch): boolean {
  return narrowTenants(getTenants(), tenants) !== null;
}

/** Emitted events are read backwards in time; the other parts have what comes first at the lower end. */
function ascends({ state, direction }: EventStretch): boolean {
  return (state === "emitted") === (direction === "newer");
}

function orderOf(stretch: EventStretch): SQL {
  return ascends(stretch) ? sql`asc` : sql`desc`;
}

function beyond(stretch: EventStretch, at: SQL, name: SQL, queue: string): SQL {
  const { from } = stretch;
  if (from === null) return sql`true`;
  return sql`(${at}, ${name}, ${queue}::text) ${ascends(stretch) ? sql`>` : sql`<`}
    (${from.at}::timestamptz, ${from.name}::text, ${from.queue}::text)`;
}

function beginsWith(column: SQL, prefix: string | null): SQL {
  return prefix === null ? sql`true` : sql`starts_with(${column}, ${prefix})`;
}
