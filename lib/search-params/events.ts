import { createSerializer, type inferParserType, parseAsString } from "nuqs/server";
import { parseAsLimit, parseAsListOf } from "./parsers";

/** `awaited`: somebody asked for the event and nobody emitted it yet. */
export const EVENT_STATES = ["emitted", "awaited"] as const;
export type EventState = (typeof EVENT_STATES)[number];

/** The URL state of a queue's list of events. */
export const eventsSearchParams = {
  /** The beginning of the event's name, as written. */
  name: parseAsString,
  state: parseAsListOf(EVENT_STATES),
  /** As returned in `older` or `newer` of a page. */
  cursor: parseAsString,
  limit: parseAsLimit,
};

export type EventFilters = inferParserType<typeof eventsSearchParams>;

/** Completes filters with their defaults: no filter, the first page, 50 rows. */
export function eventFilters(filters: Partial<EventFilters> = {}): EventFilters {
  return { name: null, state: [], cursor: null, limit: 50, ...filters };
}

/** The query string of these filters with its `?`, or an empty string; defaults are left out. */
export const serializeEventFilters = createSerializer(eventsSearchParams);
