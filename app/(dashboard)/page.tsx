import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { Overview, OverviewSkeleton } from "@/components/overview/overview";
import { listFailures } from "@/lib/analytics/failures";
import { getLatency, getThroughput } from "@/lib/analytics/overview";
import { listQueues } from "@/lib/analytics/queues";
import { failuresQuery } from "@/lib/query/failures";
import { latencyQuery, throughputQuery } from "@/lib/query/overview";
import { queuesQuery } from "@/lib/query/queues";
import { failureFilters, figuresSearchParams } from "@/lib/search-params/windows";
import { Hydrate, onServer } from "./hydrate";

export const metadata: Metadata = { title: "Overview" };

const loadFilters = createLoader(figuresSearchParams);

export default function OverviewPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<OverviewSkeleton />}>
      {loadFilters(searchParams).then((filters) => {
        const { range, tenant } = filters;
        const failures = failureFilters(filters);
        return (
          <Hydrate
            prefetch={[
              onServer(queuesQuery(tenant), () => listQueues({ tenant })),
              onServer(throughputQuery(filters), () => getThroughput(range, { tenant })),
              onServer(failuresQuery(failures), () => listFailures(failures)),
              onServer(latencyQuery(filters), () => getLatency(range, { tenant })),
            ]}
          >
            <Overview />
          </Hydrate>
        );
      })}
    </Suspense>
  );
}
