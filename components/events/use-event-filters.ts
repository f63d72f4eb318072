"use client";
import { useQueryStates } from "nuqs";
import { type EventFilters, eventsSearchParams } from "@/lib/search-params/events";

/** The filters of a list of events in the address. Where the path names the queue, that queue is the one. */
export function useEventFilters(queue?: string) {
  const [inAddress, setFilters] = useQueryStates(eventsSearchParams, { history: "push" });
  const filters = queue === undefined ? inAddress : { ...inAddress, queue: [queue] };
  return {
    filters,
    /** Changes filters and goes back to the first page. */
    narrow: (change: Partial<EventFilters>) => setFilters({ cursor: null, ...change }),
    turnTo: (cursor: string | null) => setFilters({ cursor }),
  };
}
