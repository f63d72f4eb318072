import { queueSegment } from "@/lib/search-params/queue-segment";

/** Paths of pages. Queue names may contain any character. */
export const queuePath = (queue: string) => `/queues/${queueSegment(queue)}`;
export const queueTasksPath = (queue: string) => `${queuePath(queue)}/tasks`;
export const queueEventsPath = (queue: string) => `${queuePath(queue)}/events`;
export const taskPath = (queue: string, taskId: string) => `${queueTasksPath(queue)}/${taskId}`;
export const workflowRunPath = (workflowRunId: string) =>
  `/workflows/${encodeURIComponent(workflowRunId)}`;
export const workflowDefinitionPath = (definitionId: string) =>
  `/workflows/definitions/${encodeURIComponent(definitionId)}`;
export const bulkPath = (bulkId: string) => `/bulk/${encodeURIComponent(bulkId)}`;
