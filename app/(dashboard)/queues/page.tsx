import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { QueueList, QueueListSkeleton } from "@/components/queues/list/queue-list";
import { tenantSearchParams } from "@/lib/search-params/tenants";
import { Seeded } from "../seeded";
import { queuesSeed } from "../seeds";

export const metadata: Metadata = { title: "Queues" };

const loadTenants = createLoader(tenantSearchParams);

export default function QueuesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<QueueListSkeleton />}>
      {loadTenants(searchParams).then(({ tenant }) => (
        <Seeded seeds={[queuesSeed(tenant)]}>
          <QueueList />
        </Seeded>
      ))}
    </Suspense>
  );
}
