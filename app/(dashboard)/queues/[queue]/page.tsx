import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { QueueOverview, QueueOverviewSkeleton } from "@/components/queues/queue/queue-overview";
import { readings } from "@/lib/live/readings";
import { queueFiguresQuery, queueMaintenanceQuery } from "@/lib/query/queue";
import { queuesQuery } from "@/lib/query/queues";
import { figuresSearchParams } from "@/lib/search-params/windows";
import { FIGURE, Hydrate, onServer } from "../../hydrate";
import { type QueueParams, queueName, queueTitle } from "./queue-params";

export async function generateMetadata({ params }: QueueParams): Promise<Metadata> {
  return { title: await queueTitle(params) };
}

const loadFilters = createLoader(figuresSearchParams);

type Props = QueueParams & { searchParams: Promise<SearchParams> };

export default function QueuePage({ params, searchParams }: Props) {
  return (
    <Suspense fallback={<QueueOverviewSkeleton />}>
      {Promise.all([queueName(params), loadFilters(searchParams)]).then(([name, filters]) => {
        const { tenant } = filters;
        return (
          <Hydrate
            prefetch={[
              onServer(queuesQuery(tenant), () => readings.queues(undefined, tenant), FIGURE),
              onServer(
                queueMaintenanceQuery(name),
                () => readings.maintenance(undefined, name),
                FIGURE,
              ),
              onServer(
                queueFiguresQuery(name, filters),
                () => readings.queueFigures(undefined, name, filters),
                FIGURE,
              ),
            ]}
          >
            <QueueOverview name={name} />
          </Hydrate>
        );
      })}
    </Suspense>
  );
}
