import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Page } from "@/lib/model/page";
import type { EventSummary, EventWaiters } from "@/lib/model/rows/event";
import { type EventFilters, eventFilters, serializeEventFilters } from "@/lib/search-params/events";
import { eventPayloadUrl } from "@/lib/search-params/payload";
import { queueSegment } from "@/lib/search-params/queue-segment";
import { fetchFromApi, fetchJson } from "./api";

/** One page of events of some queues or of all. */
export function eventsQuery(filters: Partial<EventFilters> = {}) {
  const complete = eventFilters(filters);
  return queryOptions({
    queryKey: ["events", complete],
    queryFn: ({ signal }) =>
      fetchJson<Page<EventSummary>>(`/api/events${serializeEventFilters(complete)}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
    meta: { queues: complete.queue },
  });
}

/** Tasks waiting for an event. */
export function eventWaitersQuery(queue: string, name: string) {
  const path = `/api/queues/${queueSegment(queue)}/events/waiters`;
  return queryOptions({
    queryKey: ["events", queue, "waiters", name],
    queryFn: ({ signal }) =>
      fetchJson<EventWaiters>(`${path}?name=${encodeURIComponent(name)}`, signal),
    staleTime: 1_000,
  });
}

/** The exact text of an event's payload that was too large for the list. */
export function eventPayloadQuery(queue: string, name: string) {
  return queryOptions({
    queryKey: ["events", queue, "payload", name],
    queryFn: async ({ signal }) =>
      (await fetchFromApi(eventPayloadUrl(queue, name), signal)).text(),
    staleTime: 60_000,
  });
}
