import "server-only";
import type { ReadOptions } from "@/lib/db/snapshot";
import { EVENT_STATES, type EventSummary } from "@/lib/model/event";
import type { Direction, Page } from "@/lib/model/page";
import type { EventFilters } from "@/lib/search-params/events";
import { decodeEventCursor, type EventKey, encodeEventCursor } from "./event-cursor";
import { describeEvents } from "./event-details";
import { readEventKeys } from "./event-keys";
import { readQueues } from "./registry";

/**
 * One page of the events of the named queues, or of all: first those that runs wait for, the earliest time-out first;
 * then the emitted ones, newest first; last those that were asked for once and that nobody waits for now, by name.
 *
 * @throws ReadError `bad_request` for a foreign cursor, and what `readQueues` throws.
 */
export function listEvents(
  filters: EventFilters,
  options: ReadOptions = {},
): Promise<Page<EventSummary>> {
  return readQueues(filters.queue, options, async ({ db, now, queues, unreadable }) => {
    const names = queues.map((queue) => queue.name);
    const cursor = filters.cursor === null ? null : decodeEventCursor(filters.cursor);
    const direction = cursor?.direction ?? "older";
    const found: EventKey[] = [];
    for (const state of partsAhead(filters, direction, cursor?.key)) {
      const limit = filters.limit + 1 - found.length;
      if (limit <= 0) break;
      const from = cursor?.key.state === state ? cursor.key : null;
      const { name, tenant: tenants } = filters;
      const stretch = { state, name, tenants, direction, from, limit };
      found.push(...(await readEventKeys(db, names, stretch)));
    }
    const page = found.slice(0, filters.limit);
    const ahead = found.length > filters.limit ? page.at(-1) : undefined;
    const behind = cursor ? (page[0] ?? cursor.key) : undefined;
    const [older, newer] = direction === "older" ? [ahead, behind] : [behind, ahead];
    const rows = direction === "older" ? page : page.reverse();
    return {
      rows: await describeEvents(db, rows, now, filters.tenant),
      older: older ? encodeEventCursor("older", older) : null,
      newer: newer ? encodeEventCursor("newer", newer) : null,
      now,
      ...(unreadable.length > 0 ? { unreadable: unreadable.map(({ name }) => name) } : {}),
    };
  });
}

/** The parts of the list that lie ahead, in the order in which they are met. */
function partsAhead(filters: EventFilters, direction: Direction, key: EventKey | undefined) {
  const order = direction === "older" ? EVENT_STATES : EVENT_STATES.toReversed();
  return order
    .slice(key ? order.indexOf(key.state) : 0)
    .filter((state) => filters.state.length === 0 || filters.state.includes(state));
}
