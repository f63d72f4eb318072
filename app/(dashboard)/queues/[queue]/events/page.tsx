import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { EventList } from "@/components/events/event-list";
import { PagedListSkeleton } from "@/components/layout/list/paged-list";
import { eventsSearchParams } from "@/lib/search-params/events";
import { eventsSeed } from "../../../event-seeds";
import { Seeded } from "../../../seeded";
import { type QueueParams, queueName, queueTitle } from "../queue-params";

type Props = QueueParams & { searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Events of ${await queueTitle(params)}` };
}

const loadFilters = createLoader(eventsSearchParams);

export default function QueueEventsPage({ params, searchParams }: Props) {
  return (
    <Suspense fallback={<PagedListSkeleton columns={5} />}>
      {Promise.all([queueName(params), loadFilters(searchParams)]).then(([queue, filters]) => (
        <Seeded seeds={[eventsSeed({ ...filters, queue: [queue] })]}>
          <EventList queue={queue} />
        </Seeded>
      ))}
    </Suspense>
  );
}
