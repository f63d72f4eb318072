import { getQueueFigures } from "@/lib/analytics/queue-figures";
import { getQueueMaintenance } from "@/lib/analytics/queue-maintenance";
import { queueFiguresQuery, queueMaintenanceQuery } from "@/lib/query/queue";
import type { Window } from "@/lib/search-params/windows";
import type { Seed } from "./seeded";

export const queueMaintenanceSeed = (queue: string): Seed => ({
  queryKey: queueMaintenanceQuery(queue).queryKey,
  read: () => getQueueMaintenance(queue),
});

export const queueFiguresSeed = (queue: string, window: Window): Seed => ({
  queryKey: queueFiguresQuery(queue, window).queryKey,
  read: () => getQueueFigures(queue, window),
});
