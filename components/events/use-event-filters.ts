"use client";
import { useQueryStates } from "nuqs";
import { type EventFilters, eventsSearchParams } from "@/lib/search-params/events";

/** The filters of a list of events in the address. */
export function useEventFilters() {
  const [filters, setFilters] = useQueryStates(eventsSearchParams, { history: "push" });
  return {
    filters,
    /** Changes filters and goes back to the first page. */
    narrow: (change: Partial<EventFilters>) => setFilters({ cursor: null, ...change }),
    turnTo: (cursor: string | null) => setFilters({ cursor }),
  };
}
