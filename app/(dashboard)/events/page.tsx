import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { EventList } from "@/components/events/event-list";
import { PagedListSkeleton } from "@/components/layout/list/paged-list";
import { readings } from "@/lib/live/readings";
import { eventsQuery } from "@/lib/query/events";
import { eventsSearchParams } from "@/lib/search-params/events";
import { Hydrate, onServer } from "../hydrate";

export const metadata: Metadata = { title: "Events" };

const loadFilters = createLoader(eventsSearchParams);

export default function EventsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<PagedListSkeleton columns={5} />}>
      {loadFilters(searchParams).then((filters) => (
        <Hydrate
          prefetch={[onServer(eventsQuery(filters), () => readings.events(undefined, filters))]}
        >
          <EventList />
        </Hydrate>
      ))}
    </Suspense>
  );
}
