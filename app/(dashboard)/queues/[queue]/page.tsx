import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { QueueOverview, QueueOverviewSkeleton } from "@/components/queues/queue/queue-overview";
import { figuresSearchParams } from "@/lib/search-params/windows";
import { queueFiguresSeed, queueMaintenanceSeed } from "../../queue-seeds";
import { Seeded } from "../../seeded";
import { queuesSeed } from "../../seeds";
import { type QueueParams, queueName, queueTitle } from "./queue-params";

export async function generateMetadata({ params }: QueueParams): Promise<Metadata> {
  return { title: await queueTitle(params) };
}

const loadFilters = createLoader(figuresSearchParams);

type Props = QueueParams & { searchParams: Promise<SearchParams> };

export default function QueuePage({ params, searchParams }: Props) {
  return (
    <Suspense fallback={<QueueOverviewSkeleton />}>
      {Promise.all([queueName(params), loadFilters(searchParams)]).then(([name, filters]) => (
        <Seeded
          seeds={[
            queuesSeed(filters.tenant),
            queueMaintenanceSeed(name),
            queueFiguresSeed(name, filters),
          ]}
        >
          <QueueOverview name={name} />
        </Seeded>
      ))}
    </Suspense>
  );
}
