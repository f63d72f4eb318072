"use client";
import { useQuery } from "@tanstack/react-query";
import { polled } from "@/components/layout/live/polling";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { queuesQuery } from "@/lib/query/queues";

/** All queues, counting some tenants' tasks or everyone's, refetched at the chosen interval. */
export function useQueues(tenant: readonly string[] = []) {
  const refetchInterval = polled(useRefreshInterval());
  return useQuery({ ...queuesQuery(tenant), refetchInterval });
}
