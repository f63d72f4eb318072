import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { WindowPageSkeleton } from "@/components/charts/window-page";
import { FailureList } from "@/components/failures/failure-list";
import { failuresSearchParams } from "@/lib/search-params/windows";
import { failuresSeed } from "../figure-seeds";
import { Seeded } from "../seeded";
import { queuesSeed } from "../seeds";

export const metadata: Metadata = { title: "Failures" };

const loadFilters = createLoader(failuresSearchParams);

export default function FailuresPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<WindowPageSkeleton title="Failures" />}>
      {loadFilters(searchParams).then((filters) => (
        <Seeded seeds={[queuesSeed(), failuresSeed(filters)]}>
          <FailureList />
        </Seeded>
      ))}
    </Suspense>
  );
}
