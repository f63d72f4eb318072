import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { Overview, OverviewSkeleton } from "@/components/overview/overview";
import { listTopFailures, readings } from "@/lib/live/readings";
import { topFailuresQuery } from "@/lib/query/failures";
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
        const { tenant } = filters;
        const failures = failureFilters(filters);
        return (
          <Hydrate
            prefetch={[
              onServer(queuesQuery(tenant), () => readings.queues(undefined, tenant)),
              onServer(throughputQuery(filters), () => readings.throughput(undefined, filters)),
              onServer(topFailuresQuery(failures), () => listTopFailures(undefined, failures)),
              onServer(latencyQuery(filters), () => readings.latency(undefined, filters)),
            ]}
          >
            <Overview />
          </Hydrate>
        );
      })}
    </Suspense>
  );
}
