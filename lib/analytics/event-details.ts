import { sql } from "drizzle-orm";
import { toIso } from "@/lib/db/decode";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { EventSummary } from "@/lib/model/event";
import type { Iso } from "@/lib/model/instants";
import type { Payload } from "@/lib/model/json";
import type { EventKey } from "./event-cursor";
import { groupBy } from "./group-by";
import { inlineLimit, payload } from "./payload";

/** What a list shows of these events, in their order: payloads of the emitted ones and how many wait, of
 * these tenants where some are named. */
export async function describeEvents(
  db: Database,
  keys: EventKey[],
  now: Iso,
  tenants: readonly string[] = [],
): Promise<EventSummary[]> {
  const byQueue = [...groupBy(keys, (key) => key.queue)];
  const waiting = await readWaiting(db, byQueue, now, tenants);
  const payloads = await readPayloads(db, byQueue, inlineLimit(keys.length));
  return keys.map(({ state, at, name, queue }) => {
    const waits = waiting.get(id(queue, name));
    return {
      queue,
      name,
      state,
      emittedAt: state === "emitted" ? toIso(at) : null,
      payload: payloads.get(id(queue, name)) ?? null,
      waiters: waits?.waiters ?? 0,
      overdue: waits?.overdue ?? 0,
      nextTimeoutAt: waits?.nextTimeoutAt ? toIso(waits.nextTimeoutAt) : null,
    };
  });
}

const id = (queue: string, name: string) => JSON.stringify([queue, name]);

type Grouped = [queue: string, keys: EventKey[]][];
type Waiting = {
  queue: string;
  name: string;
  waiters: number;
  overdue: number;
  nextTimeoutAt: string | null;
};

async function readWaiting(
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
  const { rows } = await db.execute<Waiting>(sql.join(arms, sql` union all `));
  return new Map(rows.map((row) => [id(row.queue, row.name), row]));
}

async function readPayloads(
  db: Database,
  byQueue: Grouped,
  limit: number,
): Promise<Map<string, Payload>> {
  const payloads = new Map<string, Payload>();
  for (const [queue, keys] of byQueue) {
    const names = keys.filter((key) => key.state === "emitted").map((key) => key.name);
    if (names.length === 0) continue;
    const { events } = queueTables(queue);
    const rows = await db
      .select({ name: events.name, payload: payload(events.payload, limit) })
      .from(events)
      .where(sql`${events.name} = any(${sql.param(names)}::text[])`);
    for (const row of rows) payloads.set(id(queue, row.name), row.payload);
  }
  return payloads;
}
