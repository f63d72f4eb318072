import type { Metadata } from "next";
import { Suspense } from "react";
import { BulkPage, BulkPageSkeleton } from "@/components/tasks/bulk/bulk-page";
import { readings } from "@/lib/live/readings";
import { bulkQuery } from "@/lib/query/bulk";
import { Hydrate, onServer } from "../../hydrate";

export const metadata: Metadata = { title: "Bulk operation" };

type Props = { params: Promise<{ bulkId: string }> };

export default function BulkOperationPage({ params }: Props) {
  return (
    <Suspense fallback={<BulkPageSkeleton />}>
      {params.then(({ bulkId }) => {
        const id = decodeURIComponent(bulkId).toLowerCase();
        return (
          <Hydrate prefetch={[onServer(bulkQuery(id), () => readings.bulk(undefined, id))]}>
            <BulkPage bulkId={id} />
          </Hydrate>
        );
      })}
    </Suspense>
  );
}
