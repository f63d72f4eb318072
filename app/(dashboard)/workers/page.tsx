import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { WorkerList, WorkerListSkeleton } from "@/components/workers/worker-list";
import { windowSearchParams } from "@/lib/search-params/windows";
import { workersSeed } from "../figure-seeds";
import { Seeded } from "../seeded";

export const metadata: Metadata = { title: "Workers" };

const loadWindow = createLoader(windowSearchParams);

export default function WorkersPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<WorkerListSkeleton />}>
      {loadWindow(searchParams).then(({ range }) => (
        <Seeded seeds={[workersSeed(range)]}>
          <WorkerList />
        </Seeded>
      ))}
    </Suspense>
  );
}
