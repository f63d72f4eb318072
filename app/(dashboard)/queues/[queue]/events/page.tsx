import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { EventList, EventListSkeleton } from "@/components/events/event-list";
import { listEvents } from "@/lib/analytics/events";
import { eventsQuery } from "@/lib/query/events";
import { eventsSearchParams } from "@/lib/search-params/events";
import { Seeded } from "../../../seeded";
import { type QueueParams, queueName } from "../queue-params";

type Props = QueueParams & { searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Events of ${(await params).queue}` };
}

const loadFilters = createLoader(eventsSearchParams);

export default function QueueEventsPage({ params, searchParams }: Props) {
  return (
    <Suspense fallback={<EventListSkeleton />}>
      {Promise.all([queueName(params), loadFilters(searchParams)]).then(([queue, filters]) => {
        const read = () => listEvents(queue, filters);
        return (
          <Seeded seeds={[{ queryKey: eventsQuery(queue, filters).queryKey, read }]}>
            <EventList queue={queue} />
          </Seeded>
        );
      })}
    </Suspense>
  );
}
