import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { Overview, OverviewSkeleton } from "@/components/overview/overview";
import { listTopFailures, readings } from "@/lib/live/readings";
import { topFailuresQuery } from "@/lib/query/failures";
import { latencyQuery, throughputQuery } from "@/lib/query/overview";
import { queuesQuery } from "@/lib/query/queues";
import { failureFilters, figuresSearchParams } from "@/lib/search-params/windows";
import { FIGURE, Hydrate, onServer } from "./hydrate";

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
              onServer(queuesQuery(tenant), () => readings.queues(undefined, tenant), FIGURE),
              onServer(
                throughputQuery(filters),
                () => readings.throughput(undefined, filters),
                FIGURE,
              ),
              onServer(
                topFailuresQuery(failures),
                () => listTopFailures(undefined, failures),
                FIGURE,
              ),
              onServer(latencyQuery(filters), () => readings.latency(undefined, filters), FIGURE),
            ]}
          >
            <Overview />
          </Hydrate>
        );
      })}
    </Suspense>
  );
}
