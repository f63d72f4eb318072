import { queryOptions } from "@tanstack/react-query";
import type { Baseline } from "@/lib/analytics/baseline";
import type { Uuid } from "@/lib/model/ids";
import type { RelatedTasks } from "@/lib/model/rows/related";
import type { TaskDetail } from "@/lib/model/task";
import { type PayloadRef, payloadUrl } from "@/lib/search-params/payload";
import { queueSegment } from "@/lib/search-params/queue-segment";
import { fetchFromApi, fetchJson, withFreshReads } from "./api";

/** One task with its attempts, checkpoints and waits. */
export function taskQuery(queue: string, taskId: Uuid) {
  return queryOptions({
    queryKey: ["task", queue, taskId],
    queryFn: ({ signal }) =>
      fetchJson<TaskDetail>(`/api/queues/${queueSegment(queue)}/tasks/${taskId}`, signal),
    staleTime: 1_000,
  });
}

/** The exact text of one JSON value that was too large to be sent with its task. */
export function payloadQuery(queue: string, taskId: Uuid, ref: PayloadRef) {
  return queryOptions({
    queryKey: ["task", queue, taskId, "payload", ref],
    queryFn: async ({ signal }) =>
      (await fetchFromApi(payloadUrl(queue, taskId, ref), signal)).text(),
    staleTime: 60_000,
  });
}

/**
 * Tasks related to a task. The first response has those that can be looked up; a refetch, one of which follows at once,
 * continues the search among later tasks. Cached longer than other queries, because it searches every queue.
 */
export function relatedQuery(queue: string, taskId: Uuid) {
  const queryKey = ["task", queue, taskId, "related"];
  return queryOptions({
    queryKey,
    queryFn: ({ signal, client }) => {
      const path = `/api/queues/${queueSegment(queue)}/tasks/${taskId}/related`;
      const request = () => fetchJson<RelatedTasks>(path, signal);
      // A shared result would be the one before.
      const isContinued = client.getQueryData<RelatedTasks>(queryKey)?.searchedTo;
      return isContinued ? withFreshReads(request) : request();
    },
    staleTime: 15_000,
    refetchInterval: ({ state: { data, dataUpdateCount, fetchFailureCount } }) =>
      data?.searchedTo && dataUpdateCount < 2 && fetchFailureCount === 0 ? 50 : false,
  });
}

/** The baseline duration of recent tasks with this name. Cached for a minute: it changes slowly. */
export function usualQuery(queue: string, name: string) {
  return queryOptions({
    queryKey: ["usual", queue, name],
    queryFn: ({ signal }) =>
      fetchJson<{ usual: Baseline | null }>(
        `/api/queues/${queueSegment(queue)}/usual?name=${encodeURIComponent(name)}`,
        signal,
      ),
    staleTime: 60_000,
  });
}
