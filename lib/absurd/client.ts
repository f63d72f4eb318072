/** The package's entry `absurd-dashboard/client`: the client, its helpers, its types and its errors. */
export type { Uuid } from "../model/ids.ts";
export type { Instant } from "../model/instants.ts";
export type { Json, JsonObject } from "../model/json.ts";
export { STORAGE_MODES, type StorageMode } from "../model/queue.ts";
export {
  ACTIVE_STATES,
  TASK_STATES,
  type TaskState,
  WORKFLOW_STATUSES,
  type WorkflowStatus,
} from "../model/states.ts";
export { AbsurdClient } from "./absurd-client.ts";
export { atomically } from "./atomically.ts";
export type { BoundVerb, CallReport, Logger } from "./bound-verb.ts";
export type { Capabilities, Feature } from "./capabilities.ts";
export type { Checkpoint, CheckpointInput, StepInput } from "./checkpoints.ts";
export type { CleanupOptions, QueueCleanup } from "./cleanup.ts";
export { type ClientOptions, isValidQueueName } from "./client-options.ts";
export type { CopiedTask, CopyEdits } from "./copies.ts";
export * from "./errors.ts";
export type {
  AwaitInput,
  AwaitResult,
  EventInfo,
  ListEventsOptions,
  WaitInput,
} from "./events.ts";
export { parseJson, stringifyJson } from "./json.ts";
export type { EmitPreview, WokenRun } from "./preview.ts";
export type { QueuePolicy, QueuePolicyChange } from "./queues.ts";
export type { RescheduleTarget } from "./reschedule-target.ts";
export type { ClaimedTask, ClaimOptions, RunStatus } from "./runs.ts";
export { getAbsurdClient, resetAbsurdClient } from "./shared-client.ts";
export type { SleepInput } from "./sleep.ts";
export { type RetryTaskOptions, spawnCancellableTask, spawnRetryTask } from "./spawn-helpers.ts";
export type {
  CancelledTask,
  CancelTarget,
  RetriedTask,
  RetryOptions,
  SpawnedTask,
  SpawnOptions,
  TaskResult,
  TaskStatus,
} from "./tasks.ts";
export * from "./types.ts";
export type { ListWaitsOptions, Wait } from "./waits.ts";
export type {
  ListWorkflowRunsOptions,
  WorkflowRunChange,
  WorkflowRunInput,
  WorkflowRunPage,
  WorkflowTask,
  WorkflowTaskFilters,
} from "./workflow-runs.ts";
export type { WorkflowRun, WorkflowRunSummary } from "./workflow-table.ts";
