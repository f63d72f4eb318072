import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { AuditList } from "@/components/audit/audit-list";
import { PagedListSkeleton } from "@/components/layout/list/paged-list";
import { readings } from "@/lib/live/readings";
import { auditQuery } from "@/lib/query/audit";
import { auditSearchParams, foldBulk } from "@/lib/search-params/audit";
import { Hydrate, onServer } from "../hydrate";

export const metadata: Metadata = { title: "Audit" };

const loadFilters = createLoader(auditSearchParams);

export default function AuditPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<PagedListSkeleton columns={6} />}>
      {loadFilters(searchParams).then((filters) => (
        <Hydrate
          prefetch={[
            onServer(auditQuery(foldBulk(filters)), () =>
              readings.audit(undefined, foldBulk(filters)),
            ),
          ]}
        >
          <AuditList />
        </Hydrate>
      ))}
    </Suspense>
  );
}
