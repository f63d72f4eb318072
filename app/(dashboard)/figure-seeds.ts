import { listFailures } from "@/lib/analytics/failures";
import { getLatency } from "@/lib/analytics/latency";
import { getThroughput } from "@/lib/analytics/throughput";
import { listWorkers } from "@/lib/analytics/workers";
import { failuresQuery } from "@/lib/query/failures";
import { latencyQuery, throughputQuery } from "@/lib/query/overview";
import { workersQuery } from "@/lib/query/workers";
import type { FailureFilters, Window, WorkerFilters } from "@/lib/search-params/windows";
import type { Seed } from "./seeded";

export const failuresSeed = (filters: FailureFilters): Seed => ({
  queryKey: failuresQuery(filters).queryKey,
  read: () => listFailures(filters),
});

export const workersSeed = (filters: WorkerFilters): Seed => ({
  queryKey: workersQuery(filters).queryKey,
  read: () => listWorkers(filters.range, { tenant: filters.tenant }),
});

export const throughputSeed = (range: Window): Seed => ({
  queryKey: throughputQuery(range).queryKey,
  read: () => getThroughput(range),
});

export const latencySeed = (range: Window): Seed => ({
  queryKey: latencyQuery(range).queryKey,
  read: () => getLatency(range),
});
