/** The rows of a task as pages, routes, the timeline and the diagnosis receive them. */
import type { Count } from "./count.ts";
import type { Uuid } from "./ids.ts";
import type { Iso } from "./instants.ts";
import type { Payload } from "./json.ts";
import type { ClaimFacts } from "./queue.ts";
import type { TaskState } from "./states.ts";

/** The address of a task: its id is unique within its queue. */
export type TaskAddress = { queue: string; taskId: Uuid };

/** One row of a task list. Never carries payloads. */
export type TaskSummary = {
  queue: string;
  taskId: Uuid;
  name: string;
  state: TaskState;
  /** Number of attempts scheduled, including the current one; 1 right after the spawn. */
  attempts: number;
  /** `null` means unlimited. */
  maxAttempts: number | null;
  enqueuedAt: Iso;
  firstStartedAt: Iso | null;
  endedAt: Iso | null;
  tenantId: string | null;
  workflowRunId: string | null;
  /** The last attempt; `null` only for rows that break the engine's invariants. */
  run: RunSummary | null;
  /** Values at the requested JSON paths, by path; at most 200 characters each, `null` if there is none. */
  columns?: Record<string, string | null>;
};

/** The columns of a listed task's last attempt that explain its state. */
export type RunSummary = {
  runId: Uuid;
  state: TaskState;
  claimedBy: string | null;
  claimExpiresAt: Iso | null;
  availableAt: Iso | "infinity";
  startedAt: Iso | null;
  wakeEvent: string | null;
  errorName: string | null;
  /** The first 300 characters. */
  errorMessage: string | null;
};

export type Task = {
  queue: string;
  taskId: Uuid;
  name: string;
  state: TaskState;
  attempts: number;
  maxAttempts: number | null;
  enqueuedAt: Iso;
  firstStartedAt: Iso | null;
  cancelledAt: Iso | null;
  lastAttemptRun: Uuid | null;
  idempotencyKey: string | null;
  tenantId: string | null;
  workflowRunId: string | null;
  params: Payload;
  headers: Payload;
  retryStrategy: Payload;
  cancellation: Payload;
  result: Payload;
};

export type Run = {
  runId: Uuid;
  taskId: Uuid;
  attempt: number;
  state: TaskState;
  /** In terminal states the last worker and its last lease; the run is no longer claimed. */
  claimedBy: string | null;
  claimExpiresAt: Iso | null;
  /** Overwritten at every claim, as is `startedAt`; `createdAt` alone is stable. */
  availableAt: Iso | "infinity";
  startedAt: Iso | null;
  completedAt: Iso | null;
  failedAt: Iso | null;
  createdAt: Iso;
  /** Meaningful only while the run sleeps; otherwise it may be left over from an earlier wait. */
  wakeEvent: string | null;
  eventPayload: Payload;
  result: Payload;
  failureReason: Payload;
  /** Absent if the schema lacks the column. */
  lastHeartbeat?: Iso | null;
};

export type Checkpoint = {
  name: string;
  state: Payload;
  status: string;
  ownerRunId: Uuid | null;
  updatedAt: Iso;
};

export type Wait = {
  taskId: Uuid;
  runId: Uuid;
  stepName: string;
  eventName: string;
  /** `null`: no timeout. */
  timeoutAt: Iso | null;
  createdAt: Iso;
};

/** Everything the engine keeps about one task, read in one snapshot. */
export type TaskDetail = {
  task: Task;
  /** By attempt, ascending. */
  runs: Run[];
  /** By `updatedAt`, then name. */
  checkpoints: Checkpoint[];
  waits: Wait[];
  /**
   * Set if only the newest attempts or checkpoints are included, because there are too many: how many earlier ones
   * are left out, or `some` if they were not counted.
   */
  truncated?: { runs?: number | "some"; checkpoints?: number | "some" };
  /** Emission times of the events this task waits or waited for, by event name; sentinels are absent. */
  eventsEmittedAt: Record<string, Iso>;
  /** Who cancelled the task through the dashboard, according to its audit log. */
  cancelledBy?: {
    auditId: Uuid;
    at: Iso;
    operator: string;
    reason: string | null;
    bulkId: Uuid | null;
  };
  /** Set for tasks of the Highway interpreter: maps a checkpoint's name to the event whose payload it holds. */
  awaited?: Record<string, string>;
  /**
   * Claims on the queue, and how many ready runs the engine prefers to this one. Set for active tasks only; absent
   * if the dashboard is restricted to tenants, because claims of the others are not read.
   */
  claims?: ClaimFacts & { ahead: Count };
  /** The engine's clock when the rows were read. */
  now: Iso;
};
