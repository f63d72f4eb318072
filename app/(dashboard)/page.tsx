import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { Overview, OverviewSkeleton } from "@/components/overview/overview";
import { failureFilters, figuresSearchParams } from "@/lib/search-params/windows";
import { failuresSeed, latencySeed, throughputSeed } from "./figure-seeds";
import { Seeded } from "./seeded";
import { queuesSeed } from "./seeds";

export const metadata: Metadata = { title: "Overview" };

const loadFilters = createLoader(figuresSearchParams);

export default function OverviewPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<OverviewSkeleton />}>
      {loadFilters(searchParams).then((filters) => (
        <Seeded
          seeds={[
            queuesSeed(filters.tenant),
            throughputSeed(filters),
            failuresSeed(failureFilters(filters)),
            latencySeed(filters),
          ]}
        >
          <Overview />
        </Seeded>
      ))}
    </Suspense>
  );
}
