import type { Metadata } from "next";
import { Suspense } from "react";
import { QueueOverview, QueueOverviewSkeleton } from "@/components/queues/queue-overview";
import { Seeded } from "../../seeded";
import { queuesSeed } from "../../seeds";
import { type QueueParams, queueName } from "./queue-params";

export async function generateMetadata({ params }: QueueParams): Promise<Metadata> {
  return { title: (await params).queue };
}

export default function QueuePage({ params }: QueueParams) {
  return (
    <Suspense fallback={<QueueOverviewSkeleton />}>
      <Seeded seeds={[queuesSeed()]}>
        {queueName(params).then((name) => (
          <QueueOverview name={name} />
        ))}
      </Seeded>
    </Suspense>
  );
}
