import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { FailureList } from "@/components/failures/failure-list";
import { WindowPageSkeleton } from "@/components/layout/window/window-page";
import { readings } from "@/lib/live/readings";
import { failuresQuery } from "@/lib/query/failures";
import { failuresSearchParams } from "@/lib/search-params/windows";
import { Hydrate, onServer } from "../hydrate";

export const metadata: Metadata = { title: "Failures" };

const loadFilters = createLoader(failuresSearchParams);

export default function FailuresPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<WindowPageSkeleton title="Failures" />}>
      {loadFilters(searchParams).then((filters) => (
        <Hydrate
          prefetch={[onServer(failuresQuery(filters), () => readings.failures(undefined, filters))]}
        >
          <FailureList />
        </Hydrate>
      ))}
    </Suspense>
  );
}
