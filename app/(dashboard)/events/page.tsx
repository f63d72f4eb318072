import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { EventList } from "@/components/events/event-list";
import { PagedListSkeleton } from "@/components/layout/list/paged-list";
import { eventsSearchParams } from "@/lib/search-params/events";
import { eventsSeed } from "../event-seeds";
import { Seeded } from "../seeded";
import { queuesSeed } from "../seeds";

export const metadata: Metadata = { title: "Events" };

const loadFilters = createLoader(eventsSearchParams);

export default function EventsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<PagedListSkeleton columns={5} />}>
      {loadFilters(searchParams).then((filters) => (
        <Seeded seeds={[eventsSeed(filters), queuesSeed()]}>
          <EventList />
        </Seeded>
      ))}
    </Suspense>
  );
}
