"use client";
import { useQueryStates } from "nuqs";
import {
  type WorkflowFilters,
  workflowFilters,
  workflowsSearchParams,
} from "@/lib/search-params/workflows";

/** The run list's filters, stored in the URL. */
export function useWorkflowFilters() {
  const [filters, setFilters] = useQueryStates(workflowsSearchParams, { history: "push" });
  return {
    filters,
    /** Changes filters and returns to the newest page. */
    narrow: (change: Partial<WorkflowFilters>) => setFilters({ cursor: null, ...change }),
    turnTo: (cursor: string | null) => setFilters({ cursor }),
    clear: () => setFilters({ ...workflowFilters(), limit: filters.limit }),
  };
}

/** Whether any filter is set. */
export function isFiltered({ cursor: _, limit: __, ...filters }: WorkflowFilters): boolean {
  return Object.values(filters).some((value) =>
    Array.isArray(value) ? value.length > 0 : value !== null,
  );
}
