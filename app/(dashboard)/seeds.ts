import { listQueues } from "@/lib/analytics/queues";
import { listTasks } from "@/lib/analytics/tasks";
import { queuesQuery } from "@/lib/query/queues";
import { tasksQuery } from "@/lib/query/tasks";
import type { TaskFilters } from "@/lib/search-params/tasks";
import type { Seed } from "./seeded";

export const queuesSeed = (tenant: readonly string[] = []): Seed => ({
  queryKey: queuesQuery(tenant).queryKey,
  read: () => listQueues({ tenant }),
});

export const tasksSeed = (filters: TaskFilters): Seed => ({
  queryKey: tasksQuery(filters).queryKey,
  read: () => listTasks(filters),
});
