"use client";
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo } from "react";

/** An answer that the server has read, at this time of its clock. */
export type SeededAnswer = { queryKey: QueryKey; data: unknown; readAt: number };

/**
 * Gives the browser's store what the server has read. What the store did not know is there when the children are first
 * drawn; what it knew and is older is replaced after that, since the page before may still be showing it.
 */
export function Seeds({
  answers,
  children,
}: {
  answers: readonly SeededAnswer[];
  children: ReactNode;
}) {
  const client = useQueryClient();
  useMemo(() => {
    for (const { queryKey, data, readAt } of answers)
      if (!client.getQueryState(queryKey))
        client.setQueryData(queryKey, data, { updatedAt: readAt });
  }, [client, answers]);
  useEffect(() => {
    for (const { queryKey, data, readAt } of answers)
      if ((client.getQueryState(queryKey)?.dataUpdatedAt ?? 0) < readAt)
        client.setQueryData(queryKey, data, { updatedAt: readAt });
  }, [client, answers]);
  return children;
}
