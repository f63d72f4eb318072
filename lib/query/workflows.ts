import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { RunDefinitionView, WorkflowDefinitionView } from "@/lib/analytics/workflow-views";
import type { OperatorRecord, RunView } from "@/lib/highway/view/run-view";
import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";
import type { RunDefinition, WorkflowDefinitionList, WorkflowRunPage } from "@/lib/model/workflow";
import {
  serializeWorkflowFilters,
  type WorkflowFilters,
  type WorkflowPayloadName,
  workflowFilters,
} from "@/lib/search-params/workflows";
import { fetchFromApi, fetchJson } from "./api";

/** One page of workflow runs. */
export function workflowRunsQuery(filters: Partial<WorkflowFilters> = {}) {
  const complete = workflowFilters(filters);
  return queryOptions({
    queryKey: ["workflows", "runs", complete],
    queryFn: ({ signal }) =>
      fetchJson<WorkflowRunPage>(`/api/workflows${serializeWorkflowFilters(complete)}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  });
}

/** The stored definitions with their versions. */
export function workflowDefinitionsQuery() {
  return queryOptions({
    queryKey: ["workflows", "definitions"],
    queryFn: ({ signal }) =>
      fetchJson<WorkflowDefinitionList>("/api/workflows/definitions", signal),
    staleTime: 10_000,
  });
}

/** One stored definition with its text and versions. */
export function workflowDefinitionQuery(definitionId: Uuid) {
  return queryOptions({
    queryKey: ["workflows", "definition", definitionId],
    queryFn: ({ signal }) =>
      fetchJson<WorkflowDefinitionView>(`/api/workflows/definitions/${definitionId}`, signal),
    staleTime: 10_000,
  });
}

/** One workflow run: the states of its operators and the timeline of its tasks. */
export function workflowRunQuery(workflowRunId: Uuid) {
  return queryOptions({
    queryKey: ["workflows", "run", workflowRunId],
    queryFn: ({ signal }) => fetchJson<RunView>(`/api/workflows/${workflowRunId}/view`, signal),
    staleTime: 1_000,
  });
}

/** The operators of the definition that a run executes, or `null` if none is stored. They never change during a run. */
export function runGraphQuery(workflowRunId: Uuid) {
  return queryOptions({
    queryKey: ["workflows", "graph-of", workflowRunId],
    queryFn: async ({ signal }) => {
      try {
        return await fetchJson<RunDefinitionView>(`/api/workflows/${workflowRunId}/graph`, signal);
      } catch (error) {
        if (error instanceof ProblemError && error.code === "definition_not_found") return null;
        throw error;
      }
    },
    staleTime: 300_000,
  });
}

/** The text of the definition that a run executes. */
export function runDefinitionQuery(workflowRunId: Uuid) {
  return queryOptions({
    queryKey: ["workflows", "definition-of", workflowRunId],
    queryFn: ({ signal }) =>
      fetchJson<RunDefinition>(`/api/workflows/${workflowRunId}/definition`, signal),
    staleTime: 300_000,
  });
}

/** What a run recorded, as of `asOf`, for the operator at a path of its definition. */
export function operatorRecordsQuery(workflowRunId: Uuid, path: string, asOf: string) {
  return queryOptions({
    queryKey: ["workflows", "run", workflowRunId, "records", path, asOf],
    queryFn: ({ signal }) =>
      fetchJson<OperatorRecord[]>(
        `/api/workflows/${workflowRunId}/records?path=${encodeURIComponent(path)}`,
        signal,
      ),
    // Keep the records of the same operator at an earlier reading, but not those of another one.
    placeholderData: (previous, query) => (query?.queryKey[4] === path ? previous : undefined),
    staleTime: 300_000,
    gcTime: 10_000,
  });
}

/** The URL of the exact text of one JSON value of a run. */
export function workflowPayloadUrl(workflowRunId: Uuid, of: WorkflowPayloadName): string {
  return `/api/workflows/${workflowRunId}/payload?of=${of}`;
}

/** The exact text of one JSON value that was too large to be sent with its run. */
export function workflowPayloadQuery(workflowRunId: Uuid, of: WorkflowPayloadName) {
  return queryOptions({
    queryKey: ["workflows", "run", workflowRunId, "payload", of],
    queryFn: async ({ signal }) =>
      (await fetchFromApi(workflowPayloadUrl(workflowRunId, of), signal)).text(),
    staleTime: 60_000,
  });
}
