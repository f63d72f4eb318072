import { getQueueFigures } from "@/lib/analytics/overview";
import { getQueueMaintenance } from "@/lib/analytics/queue-maintenance";
import { queueFiguresQuery, queueMaintenanceQuery } from "@/lib/query/queue";
import type { FigureFilters } from "@/lib/search-params/windows";
import type { Seed } from "./seeded";

export const queueMaintenanceSeed = (queue: string): Seed => ({
  queryKey: queueMaintenanceQuery(queue).queryKey,
  read: () => getQueueMaintenance(queue),
});

export const queueFiguresSeed = (queue: string, { range, tenant }: FigureFilters): Seed => ({
  queryKey: queueFiguresQuery(queue, { range, tenant }).queryKey,
  read: () => getQueueFigures(queue, range, { tenant }),
});
