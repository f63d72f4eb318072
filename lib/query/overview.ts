import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Latency, Throughput } from "@/lib/analytics/overview";
import { type FigureFilters, serializeFigureFilters } from "@/lib/search-params/windows";
import { fetchJson } from "./api";

/** Attempts over time by queue and outcome. */
export function throughputQuery({ range, tenant }: FigureFilters) {
  return queryOptions({
    queryKey: ["throughput", range, tenant],
    queryFn: ({ signal }) =>
      fetchJson<Throughput>(
        `/api/overview/throughput${serializeFigureFilters({ range, tenant })}`,
        signal,
      ),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  });
}

/** Wait and run times by queue and by task name. */
export function latencyQuery({ range, tenant }: FigureFilters) {
  return queryOptions({
    queryKey: ["latency", range, tenant],
    queryFn: ({ signal }) =>
      fetchJson<Latency>(
        `/api/overview/latency${serializeFigureFilters({ range, tenant })}`,
        signal,
      ),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  });
}
