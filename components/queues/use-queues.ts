"use client";
import { useQuery } from "@tanstack/react-query";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { queuesQuery } from "@/lib/query/queues";

/** All queues with the figures of some tenants or of all, read again at the chosen pace. */
export function useQueues(tenant: readonly string[] = []) {
  const refetchInterval = useRefreshInterval();
  return useQuery({ ...queuesQuery(tenant), refetchInterval });
}
