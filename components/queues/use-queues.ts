"use client";
import { useQuery } from "@tanstack/react-query";
import { useRefreshInterval } from "@/components/layout/preferences-provider";
import { queuesQuery } from "@/lib/query/queues";

/** All queues, read again at the chosen pace. */
export function useQueues() {
  const refetchInterval = useRefreshInterval();
  return useQuery({ ...queuesQuery(), refetchInterval });
}
