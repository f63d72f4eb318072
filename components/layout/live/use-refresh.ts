"use client";
import { useQueryClient } from "@tanstack/react-query";
import { withFreshReads } from "@/lib/query/api";

/** Refetches every query on the page, bypassing responses that the server shares between readers. */
export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => withFreshReads(() => client.refetchQueries({ type: "active" }));
}
