"use client";
import { type DehydratedState, HydrationBoundary, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { toBrowserState } from "./query-client";

/** Hands the queries that the server prefetched to the browser, with times of the browser's clock. */
export function HydrateData({ state, children }: { state: DehydratedState; children: ReactNode }) {
  const client = useQueryClient();
  // Memoized because a new state would be hydrated again.
  const local = useMemo(
    () => (typeof document === "undefined" ? state : toBrowserState(client, state)),
    [client, state],
  );
  return <HydrationBoundary state={local}>{children}</HydrationBoundary>;
}
