"use client";
import { useQueryClient } from "@tanstack/react-query";
import { askAnew } from "@/lib/query/api";

/** Reads everything on the page once more, past the answers that the server shares among its readers. */
export function useReadAgain(): () => Promise<void> {
  const client = useQueryClient();
  return () => askAnew(() => client.refetchQueries({ type: "active" }));
}
