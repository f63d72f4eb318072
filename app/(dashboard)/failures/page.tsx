import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { FailureList } from "@/components/failures/failure-list";
import { WindowPageSkeleton } from "@/components/layout/window/window-page";
import { listFailures } from "@/lib/analytics/failures";
import { listQueues } from "@/lib/analytics/queues";
import { failuresQuery } from "@/lib/query/failures";
import { queuesQuery } from "@/lib/query/queues";
import { failuresSearchParams } from "@/lib/search-params/windows";
import { Hydrate, onServer } from "../hydrate";

export const metadata: Metadata = { title: "Failures" };

const loadFilters = createLoader(failuresSearchParams);

export default function FailuresPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<WindowPageSkeleton title="Failures" />}>
      {loadFilters(searchParams).then((filters) => (
        <Hydrate
          prefetch={[
            onServer(queuesQuery(), () => listQueues()),
            onServer(failuresQuery(filters), () => listFailures(filters)),
          ]}
        >
          <FailureList />
        </Hydrate>
      ))}
    </Suspense>
  );
}
