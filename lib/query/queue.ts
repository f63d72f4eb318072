import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { QueueFigures } from "@/lib/analytics/overview";
import type { QueueMaintenance } from "@/lib/analytics/queue-maintenance";
import type { Iso } from "@/lib/model/instants";
import type { TerminalCounts } from "@/lib/model/queue";
import { queueSegment } from "@/lib/search-params/queue-segment";
import { serializeTenants } from "@/lib/search-params/tenants";
import { type FigureFilters, serializeFigureFilters } from "@/lib/search-params/windows";
import { fetchJson } from "./api";

const path = (queue: string) => `/api/queues/${queueSegment(queue)}`;

/** How a queue is kept: policy, sizes, partitions. */
export function queueMaintenanceQuery(queue: string) {
  return queryOptions({
    queryKey: ["queues", queue, "maintenance"],
    queryFn: ({ signal }) => fetchJson<QueueMaintenance>(`${path(queue)}/maintenance`, signal),
    staleTime: 5_000,
  });
}

/** How a queue fared over a window. */
export function queueFiguresQuery(queue: string, { range, tenant }: FigureFilters) {
  return queryOptions({
    queryKey: ["queues", queue, "figures", range, tenant],
    queryFn: ({ signal }) =>
      fetchJson<QueueFigures>(
        `${path(queue)}/figures${serializeFigureFilters({ range, tenant })}`,
        signal,
      ),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
}

/** The exact number of ended tasks. Slow on large queues: only on demand, and kept until it is asked for again. */
export function exactCountsQuery(queue: string, tenant: readonly string[] = []) {
  return queryOptions({
    // Apart from the other reads of queues, so that no change on the page starts it again.
    queryKey: ["exact counts", queue, tenant],
    queryFn: ({ signal }) =>
      fetchJson<TerminalCounts & { now: Iso }>(
        `${path(queue)}/count${serializeTenants({ tenant: [...tenant] })}`,
        signal,
      ),
    enabled: false,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
