import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { WindowPageSkeleton } from "@/components/layout/window/window-page";
import { WorkerList } from "@/components/workers/worker-list";
import { readings } from "@/lib/live/readings";
import { workersQuery } from "@/lib/query/workers";
import { figuresSearchParams } from "@/lib/search-params/windows";
import { FIGURE, Hydrate, onServer } from "../hydrate";

export const metadata: Metadata = { title: "Workers" };

const loadFilters = createLoader(figuresSearchParams);

export default function WorkersPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<WindowPageSkeleton title="Workers" />}>
      {loadFilters(searchParams).then((filters) => (
        <Hydrate
          prefetch={[
            onServer(workersQuery(filters), () => readings.workers(undefined, filters), FIGURE),
          ]}
        >
          <WorkerList />
        </Hydrate>
      ))}
    </Suspense>
  );
}
