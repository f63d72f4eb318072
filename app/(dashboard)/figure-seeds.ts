import { listFailures } from "@/lib/analytics/failures";
import { getLatency, getThroughput } from "@/lib/analytics/overview";
import { listWorkers } from "@/lib/analytics/workers";
import { failuresQuery } from "@/lib/query/failures";
import { latencyQuery, throughputQuery } from "@/lib/query/overview";
import { workersQuery } from "@/lib/query/workers";
import type { FailureFilters, FigureFilters } from "@/lib/search-params/windows";
import type { Seed } from "./seeded";

export const failuresSeed = (filters: FailureFilters): Seed => ({
  queryKey: failuresQuery(filters).queryKey,
  read: () => listFailures(filters),
});

export const workersSeed = (filters: FigureFilters): Seed => ({
  queryKey: workersQuery(filters).queryKey,
  read: () => listWorkers(filters.range, { tenant: filters.tenant }),
});

export const throughputSeed = ({ range, tenant }: FigureFilters): Seed => ({
  queryKey: throughputQuery({ range, tenant }).queryKey,
  read: () => getThroughput(range, { tenant }),
});

export const latencySeed = ({ range, tenant }: FigureFilters): Seed => ({
  queryKey: latencyQuery({ range, tenant }).queryKey,
  read: () => getLatency(range, { tenant }),
});
