import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { Overview, OverviewSkeleton } from "@/components/overview/overview";
import { failureFilters, windowSearchParams } from "@/lib/search-params/windows";
import { failuresSeed, latencySeed, throughputSeed } from "./figure-seeds";
import { Seeded } from "./seeded";
import { queuesSeed } from "./seeds";

export const metadata: Metadata = { title: "Overview" };

const loadWindow = createLoader(windowSearchParams);

export default function OverviewPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<OverviewSkeleton />}>
      {loadWindow(searchParams).then(({ range }) => (
        <Seeded
          seeds={[
            queuesSeed(),
            throughputSeed(range),
            failuresSeed(failureFilters({ range })),
            latencySeed(range),
          ]}
        >
          <Overview />
        </Seeded>
      ))}
    </Suspense>
  );
}
