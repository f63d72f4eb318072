import { createSerializer, type inferParserType, parseAsString } from "nuqs/server";
import { EVENT_STATES } from "@/lib/model/event";
import { parseAsLimit, parseAsList, parseAsListOf } from "./parsers";

/** The URL state of a list of events. */
export const eventsSearchParams = {
  /** No queue means all of them. */
  queue: parseAsList,
  /** The beginning of the event's name, as written. */
  name: parseAsString,
  state: parseAsListOf(EVENT_STATES),
  /** Whose tasks wait for it; none means everybody's, and events that nobody waits for. */
  tenant: parseAsList,
  /** As returned in `older` or `newer` of a page. */
  cursor: parseAsString,
  limit: parseAsLimit,
};

/** As `eventsSearchParams`, where the path names the queue. */
export const { queue: _, ...queueEventsSearchParams } = eventsSearchParams;

export type EventFilters = inferParserType<typeof eventsSearchParams>;

/** Completes filters with their defaults: all queues, no filter, the first page, 50 rows. */
export function eventFilters(filters: Partial<EventFilters> = {}): EventFilters {
  return { queue: [], name: null, state: [], tenant: [], cursor: null, limit: 50, ...filters };
}

/** The query string of these filters with its `?`, or an empty string; defaults are left out. */
export const serializeEventFilters = createSerializer(eventsSearchParams);
