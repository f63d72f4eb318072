import type { Scene } from "@/e2e/support/scene";

/** A URL of every page, by its folder in `app/(dashboard)`. */
export const ROUTES: Record<string, (queue: string, scene: Scene) => string> = {
  "": () => "/",
  audit: () => "/audit",
  bulk: () => "/bulk",
  "bulk/[bulkId]": (_, { bulk }) => `/bulk/${bulk}`,
  diagnostics: () => "/diagnostics",
  events: () => "/events",
  failures: () => "/failures",
  queues: () => "/queues",
  "queues/[queue]": (queue) => `/queues/${queue}`,
  "queues/[queue]/events": (queue) => `/queues/${queue}/events`,
  "queues/[queue]/tasks": (queue) => `/queues/${queue}/tasks`,
  "queues/[queue]/tasks/[taskId]": (queue, { failed }) => `/queues/${queue}/tasks/${failed}`,
  settings: () => "/settings",
  start: () => "/start",
  tasks: () => "/tasks",
  workers: () => "/workers",
  workflows: () => "/workflows",
  "workflows/[workflowRunId]": (_, { workflowRun }) => `/workflows/${workflowRun}`,
  "workflows/definitions": () => "/workflows/definitions",
  "workflows/definitions/[definitionId]": (_, { definition }) =>
    `/workflows/definitions/${definition}`,
};
