import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { PagedListSkeleton } from "@/components/layout/list/paged-list";
import { BulkList } from "@/components/tasks/bulk/bulk-list";
import { readings } from "@/lib/live/readings";
import { bulkListQuery } from "@/lib/query/bulk";
import { bulkSearchParams } from "@/lib/search-params/bulk";
import { Hydrate, onServer } from "../hydrate";

export const metadata: Metadata = { title: "Bulk operations" };

const loadFilters = createLoader(bulkSearchParams);

export default function BulkListPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<PagedListSkeleton columns={6} bar={false} />}>
      {loadFilters(searchParams).then((filters) => (
        <Hydrate
          prefetch={[onServer(bulkListQuery(filters), () => readings.bulkList(undefined, filters))]}
        >
          <BulkList />
        </Hydrate>
      ))}
    </Suspense>
  );
}
