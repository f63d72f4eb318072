"use client";
import { useQueryStates } from "nuqs";
import {
  type WorkflowFilters,
  workflowFilters,
  workflowsSearchParams,
} from "@/lib/search-params/workflows";

/** The filters of the list of runs in the address. */
export function useWorkflowFilters() {
  const [filters, setFilters] = useQueryStates(workflowsSearchParams, { history: "push" });
  return {
    filters,
    /** Changes filters and goes back to the newest page. */
    narrow: (change: Partial<WorkflowFilters>) => setFilters({ cursor: null, ...change }),
    turnTo: (cursor: string | null) => setFilters({ cursor }),
    clear: () => setFilters({ ...workflowFilters(), limit: filters.limit }),
  };
}

/** Whether the list is narrowed at all. */
export function isFiltered({ cursor: _, limit: __, ...filters }: WorkflowFilters): boolean {
  return Object.values(filters).some((value) =>
    Array.isArray(value) ? value.length > 0 : value !== null,
  );
}
