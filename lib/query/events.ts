import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { EventSummary, Page } from "@/lib/analytics/types";
import { type EventFilters, eventFilters, serializeEventFilters } from "@/lib/search-params/events";
import { eventPayloadUrl } from "@/lib/search-params/payload";
import { fetchFromApi, fetchJson } from "./api";

/** One page of a queue's events. */
export function eventsQuery(queue: string, filters: Partial<EventFilters> = {}) {
  const complete = eventFilters(filters);
  const path = `/api/queues/${encodeURIComponent(queue)}/events`;
  return queryOptions({
    queryKey: ["events", queue, complete],
    queryFn: ({ signal }) =>
      fetchJson<Page<EventSummary>>(`${path}${serializeEventFilters(complete)}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  });
}

/** The exact text of an event's payload that was too large to come with its list. */
export function eventPayloadQuery(queue: string, name: string) {
  return queryOptions({
    queryKey: ["events", queue, "payload", name],
    queryFn: async ({ signal }) =>
      (await fetchFromApi(eventPayloadUrl(queue, name), signal)).text(),
    staleTime: 60_000,
  });
}
