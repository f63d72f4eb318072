"use client";
import { useQuery } from "@tanstack/react-query";
import { polled } from "@/components/layout/live/polling";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { queuesQuery } from "@/lib/query/queues";

/** All queues, with counts of the given tenants' tasks or of all tasks, refetched at the chosen interval. */
export function useQueues(tenant: readonly string[] = []) {
  const refetchInterval = polled(useRefreshInterval());
  return useQuery({ ...queuesQuery(tenant), refetchInterval });
}
