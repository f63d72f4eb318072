import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { EventList } from "@/components/events/event-list";
import { PagedListSkeleton } from "@/components/layout/list/paged-list";
import { readings } from "@/lib/live/readings";
import { eventsQuery } from "@/lib/query/events";
import { eventsSearchParams } from "@/lib/search-params/events";
import { Hydrate, onServer } from "../../../hydrate";
import { type QueueParams, queueName, queueTitle } from "../queue-params";

type Props = QueueParams & { searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Events of ${await queueTitle(params)}` };
}

const loadFilters = createLoader(eventsSearchParams);

export default function QueueEventsPage({ params, searchParams }: Props) {
  return (
    <Suspense fallback={<PagedListSkeleton columns={5} />}>
      {Promise.all([queueName(params), loadFilters(searchParams)]).then(([queue, given]) => {
        const filters = { ...given, queue: [queue] };
        return (
          <Hydrate
            prefetch={[onServer(eventsQuery(filters), () => readings.events(undefined, filters))]}
          >
            <EventList queue={queue} />
          </Hydrate>
        );
      })}
    </Suspense>
  );
}
