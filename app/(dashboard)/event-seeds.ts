import { listEvents } from "@/lib/analytics/events";
import { eventsQuery } from "@/lib/query/events";
import type { EventFilters } from "@/lib/search-params/events";
import type { Seed } from "./seeded";

export const eventsSeed = (filters: EventFilters): Seed => ({
  queryKey: eventsQuery(filters).queryKey,
  read: () => listEvents(filters),
});
