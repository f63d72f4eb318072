import type { Metadata } from "next";
import { Suspense } from "react";
import { BulkPage, BulkPageSkeleton } from "@/components/tasks/bulk/bulk-page";
import { getBulk } from "@/lib/analytics/bulk";
import { bulkQuery } from "@/lib/query/bulk";
import { Seeded } from "../../seeded";

export const metadata: Metadata = { title: "Bulk operation" };

type Props = { params: Promise<{ bulkId: string }> };

export default function BulkOperationPage({ params }: Props) {
  return (
    <Suspense fallback={<BulkPageSkeleton />}>
      {params.then(({ bulkId }) => {
        const id = decodeURIComponent(bulkId).toLowerCase();
        return (
          <Seeded seeds={[{ queryKey: bulkQuery(id).queryKey, read: () => getBulk(id) }]}>
            <BulkPage bulkId={id} />
          </Seeded>
        );
      })}
    </Suspense>
  );
}
