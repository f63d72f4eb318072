import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { QueueList, QueueListSkeleton } from "@/components/queues/list/queue-list";
import { readings } from "@/lib/live/readings";
import { queuesQuery } from "@/lib/query/queues";
import { tenantSearchParams } from "@/lib/search-params/tenants";
import { FIGURE, Hydrate, onServer } from "../hydrate";

export const metadata: Metadata = { title: "Queues" };

const loadTenants = createLoader(tenantSearchParams);

export default function QueuesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<QueueListSkeleton />}>
      {loadTenants(searchParams).then(({ tenant }) => (
        <Hydrate
          prefetch={[
            onServer(queuesQuery(tenant), () => readings.queues(undefined, tenant), FIGURE),
          ]}
        >
          <QueueList />
        </Hydrate>
      ))}
    </Suspense>
  );
}
