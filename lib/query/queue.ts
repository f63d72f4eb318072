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

/** Policy, disk usage and partitions of a queue. */
export function queueMaintenanceQuery(queue: string) {
  return queryOptions({
    queryKey: ["queues", queue, "maintenance"],
    queryFn: ({ signal }) => fetchJson<QueueMaintenance>(`${path(queue)}/maintenance`, signal),
    staleTime: 5_000,
  });
}

/** Throughput and latency of a queue in a time range. */
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

/**
 * The exact counts of finished tasks. Slow on large queues: fetched on demand and cached until the next demand.
 */
export function exactCountsQuery(queue: string, tenant: readonly string[] = []) {
  return queryOptions({
    // Not under "queues", so that invalidating those queries does not start it.
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
