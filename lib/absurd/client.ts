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
export { AbsurdClient, getAbsurdClient, resetAbsurdClient } from "./absurd-client.ts";
export type { BoundVerb, CallReport, Logger } from "./bound-verb.ts";
export { type ClientOptions, isValidQueueName } from "./client-options.ts";
export { atomically } from "./connection/atomically.ts";
export type { Capabilities, Feature } from "./connection/capabilities.ts";
export { parseJson, stringifyJson } from "./connection/json.ts";
export type { Queryable } from "./connection/queryable.ts";
export * from "./errors.ts";
export type {
  AwaitInput,
  AwaitResult,
  EventInfo,
  ListEventsOptions,
  WaitInput,
} from "./events/events.ts";
export type { EmitPreview, WokenRun } from "./events/preview.ts";
export type { ListWaitsOptions, Wait } from "./events/waits.ts";
export type { CleanupOptions, QueueCleanup } from "./queues/cleanup.ts";
export type { QueuePolicy, QueuePolicyChange } from "./queues/queues.ts";
export type { Checkpoint, CheckpointInput, StepInput } from "./runs/checkpoints.ts";
export type { ReschedulePreview } from "./runs/reschedule-preview.ts";
export type { ClaimedTask, ClaimOptions, RunStatus } from "./runs/runs.ts";
export type { SleepInput } from "./runs/sleep.ts";
export { type RetryTaskOptions, spawnCancellableTask, spawnRetryTask } from "./spawn-helpers.ts";
export type { CopiedTask, CopyEdits } from "./tasks/copies.ts";
export type { CancellationRules, RetryStrategy, SpawnedTask, SpawnOptions } from "./tasks/spawn.ts";
export type {
  CancelledTask,
  CancelTarget,
  RetriedTask,
  RetryOptions,
  TaskResult,
  TaskStatus,
} from "./tasks/tasks.ts";
export type { WorkflowRun, WorkflowRunSummary } from "./workflow-runs/table.ts";
export type { WorkflowTask, WorkflowTaskFilters } from "./workflow-runs/tasks.ts";
export type {
  ListWorkflowRunsOptions,
  WorkflowRunChange,
  WorkflowRunInput,
  WorkflowRunPage,
} from "./workflow-runs/workflow-runs.ts";
