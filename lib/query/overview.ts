import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Latency } from "@/lib/analytics/latency";
import type { Throughput } from "@/lib/analytics/throughput";
import { serializeWindow, type Window } from "@/lib/search-params/windows";
import { fetchJson } from "./api";

/** Attempts over time, by queue and outcome. */
export function throughputQuery(range: Window) {
  return queryOptions({
    queryKey: ["throughput", range],
    queryFn: ({ signal }) =>
      fetchJson<Throughput>(`/api/overview/throughput${serializeWindow({ range })}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  });
}

/** Queue wait and run time, by queue and by task name. */
export function latencyQuery(range: Window) {
  return queryOptions({
    queryKey: ["latency", range],
    queryFn: ({ signal }) =>
      fetchJson<Latency>(`/api/overview/latency${serializeWindow({ range })}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  });
}
