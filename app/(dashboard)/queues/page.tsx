import type { Metadata } from "next";
import { Suspense } from "react";
import { QueueList, QueueListSkeleton } from "@/components/queues/queue-list";
import { Seeded } from "../seeded";
import { queuesSeed } from "../seeds";

export const metadata: Metadata = { title: "Queues" };

export default function QueuesPage() {
  return (
    <Suspense fallback={<QueueListSkeleton />}>
      <Seeded seeds={[queuesSeed()]}>
        <QueueList />
      </Seeded>
    </Suspense>
  );
}
