import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { QueueOverview, QueueOverviewSkeleton } from "@/components/queues/queue-overview";
import { windowSearchParams } from "@/lib/search-params/windows";
import { queueFiguresSeed, queueMaintenanceSeed } from "../../queue-seeds";
import { Seeded } from "../../seeded";
import { queuesSeed } from "../../seeds";
import { type QueueParams, queueName, queueTitle } from "./queue-params";

export async function generateMetadata({ params }: QueueParams): Promise<Metadata> {
  return { title: await queueTitle(params) };
}

const loadWindow = createLoader(windowSearchParams);

type Props = QueueParams & { searchParams: Promise<SearchParams> };

export default function QueuePage({ params, searchParams }: Props) {
  return (
    <Suspense fallback={<QueueOverviewSkeleton />}>
      {Promise.all([queueName(params), loadWindow(searchParams)]).then(([name, { range }]) => (
        <Seeded seeds={[queuesSeed(), queueMaintenanceSeed(name), queueFiguresSeed(name, range)]}>
          <QueueOverview name={name} />
        </Seeded>
      ))}
    </Suspense>
  );
}
