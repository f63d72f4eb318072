import { createSerializer, type inferParserType, parseAsString } from "nuqs/server";
import { EVENT_STATES } from "@/lib/model/rows/event";
import { parseAsLimit, parseAsList, parseAsListOf } from "./parsers";

/** Search params of a list of events. */
export const eventsSearchParams = {
  /** None means all queues. */
  queue: parseAsList,
  /** Prefix of the event's name; case-sensitive. */
  name: parseAsString,
  state: parseAsListOf(EVENT_STATES),
  /** Tenants of waiting tasks; none means all events, including those without waiters. */
  tenant: parseAsList,
  /** `older` or `newer` of a page. */
  cursor: parseAsString,
  limit: parseAsLimit,
};

/** Like `eventsSearchParams`, for paths that name the queue. */
export const { queue: _, ...queueEventsSearchParams } = eventsSearchParams;

export type EventFilters = inferParserType<typeof eventsSearchParams>;

/** Adds defaults: all queues, no filter, first page, 50 rows. */
export function eventFilters(filters: Partial<EventFilters> = {}): EventFilters {
  return { queue: [], name: null, state: [], tenant: [], cursor: null, limit: 50, ...filters };
}

/** The query string of these filters with its `?`, or an empty string; defaults are omitted. */
export const serializeEventFilters = createSerializer(eventsSearchParams);
