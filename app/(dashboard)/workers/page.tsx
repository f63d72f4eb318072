import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { WindowPageSkeleton } from "@/components/charts/window-page";
import { WorkerList } from "@/components/workers/worker-list";
import { figuresSearchParams } from "@/lib/search-params/windows";
import { workersSeed } from "../figure-seeds";
import { Seeded } from "../seeded";

export const metadata: Metadata = { title: "Workers" };

const loadFilters = createLoader(figuresSearchParams);

export default function WorkersPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<WindowPageSkeleton title="Workers" />}>
      {loadFilters(searchParams).then((filters) => (
        <Seeded seeds={[workersSeed(filters)]}>
          <WorkerList />
        </Seeded>
      ))}
    </Suspense>
  );
}
