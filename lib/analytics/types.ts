/**
 * The read model: what pages, route handlers and the pure functions of `lib/timeline` and `lib/diagnosis` see of the
 * engine's rows. Instants are ISO-8601 strings in UTC with milliseconds; only `availableAt` may be `"infinity"`.
 * Import it with `import type` from anywhere.
 */
import type { TaskState, Uuid } from "../absurd/types";
import type { EventState } from "../search-params/events";

export type Iso = string;

/**
 * A JSON value of a user, as the text PostgreSQL prints, so that numbers stay exact. `null` stands for SQL NULL; the
 * text `null` for JSON null. `text` is absent when the value is larger than the inline limit: fetch it by itself.
 */
export type Payload = {
  bytes: number;
  text?: string;
  /** How many values in `text` the configuration hides; each reads `[redacted n]`. `bytes` is the size with them. */
  hidden?: number;
  /** Set when `bytes` is the stored, possibly compressed size, because printing the value only to measure it is slow. */
  approximate?: true;
} | null;

/** A number that says how far it can be trusted. A capped one reads "at least". */
export type Count = { value: number; precision: "exact" | "estimated" | "capped" };

export type Queue = {
  name: string;
  createdAt: Iso;
  storageMode: "unpartitioned" | "partitioned";
  /** Exact, from the run index: a task has at most one active run. */
  active: { pending: number; running: number; sleeping: number };
  terminal: { completed: Count; failed: Count; cancelled: Count };
  /** Runs a worker could claim now, and when the oldest of them became claimable. */
  ready: number;
  oldestReadyAt: Iso | null;
  /** Sleeping runs whose time has come, and running ones whose lease has expired. */
  overdueSleepers: number;
  expiredLeases: number;
  /** Set when the queue is registered but its tables cannot be read; the figures are then zero. */
  unreadable?: string;
};

/** One row of a task list. Never carries payloads. */
export type TaskSummary = {
  queue: string;
  taskId: Uuid;
  name: string;
  state: TaskState;
  /** Attempts scheduled so far, not starts: 1 right after the spawn. */
  attempts: number;
  /** `null` means unlimited. */
  maxAttempts: number | null;
  enqueuedAt: Iso;
  firstStartedAt: Iso | null;
  endedAt: Iso | null;
  tenantId: string | null;
  workflowRunId: string | null;
  /** Of the last attempt; `null` only for rows that break the engine's invariants. */
  run: RunSummary | null;
  /** The values at the paths that were asked for, by path; at most 200 characters each, `null` for nothing there. */
  columns?: Record<string, string | null>;
};

/** What a list needs of a task's last attempt to say why it is where it is. */
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

/**
 * `older` and `newer` are the cursors of the neighbouring pages; `null` where there is none. In an order that does not
 * follow time, `older` goes on down the list and `newer` back up.
 */
export type Page<T> = {
  rows: T[];
  older: string | null;
  newer: string | null;
  now: Iso;
  /**
   * Set when a search without an index used up its time: everything between the cursor and this instant was looked
   * at, and `older` (or `newer`, on a page read upwards) goes on from there.
   */
  searchedTo?: Iso;
  /** Set on a ranking that leaves out the older part of its window: the tasks since this instant are ranked. */
  rankedFrom?: Iso;
  /** Queues that are registered but cannot be read, and are therefore missing from an all-queues page. */
  unreadable?: string[];
};

export type QueueList = { queues: Queue[]; now: Iso };

/** Where an id was found. `taskId` is the task itself, or the task of the run. */
export type Found = FoundTask | FoundWorkflow;

export type FoundTask = {
  kind: "task" | "run";
  queue: string;
  taskId: Uuid;
  runId: Uuid | null;
  /** Of the run where the id is a run's. */
  attempt: number | null;
  /** Of the task. */
  name: string;
  state: TaskState;
};

export type FoundWorkflow = {
  kind: "workflow";
  workflowRunId: Uuid;
  name: string;
  status: string | null;
};

/** `schemaVersion` is `null` where the engine's schema has no version function (before 0.2.0) or is absent. */
export type Health = {
  status: "ok" | "no_schema" | "database_unavailable";
  database: "up" | "down";
  schemaVersion: string | null;
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
  /** In terminal states the last worker and its last lease, not a claim. */
  claimedBy: string | null;
  claimExpiresAt: Iso | null;
  /** Overwritten at every claim, as is `startedAt`; `createdAt` alone is stable. */
  availableAt: Iso | "infinity";
  startedAt: Iso | null;
  completedAt: Iso | null;
  failedAt: Iso | null;
  createdAt: Iso;
  /** Meaningful only while sleeping; otherwise possibly left over. */
  wakeEvent: string | null;
  eventPayload: Payload;
  result: Payload;
  failureReason: Payload;
  /** Only where the column exists. */
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
  /** `null` waits for ever. */
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
  /** Set where only the newest attempts or checkpoints are given, because there are very many. */
  truncated?: { runs?: true; checkpoints?: true };
  /** Emission times of the events this task waits or waited for, by event name; sentinels are absent. */
  eventsEmittedAt: Record<string, Iso>;
  /** Set for tasks of the Highway interpreter: the event whose payload a checkpoint is, by the checkpoint's name. */
  awaited?: Record<string, string>;
  /** The engine's clock when the rows were read. */
  now: Iso;
};

/** One event of a queue. A sentinel (awaited, never emitted) has `emittedAt: null`. */
export type EventSummary = {
  queue: string;
  name: string;
  state: EventState;
  emittedAt: Iso | null;
  payload: Payload;
  /** Runs that an emit would wake now. */
  waiters: number;
  /** Runs whose time-out has come and that no worker has claimed yet: an emit would not wake them. */
  overdue: number;
  /** The earliest time-out of both. */
  nextTimeoutAt: Iso | null;
};

/** A run that waits for an event. */
export type EventWaiter = {
  taskId: Uuid;
  runId: Uuid;
  taskName: string;
  tenantId: string | null;
  stepName: string;
  createdAt: Iso;
  /** `null`: it waits for ever. */
  timeoutAt: Iso | null;
};

/** The waiters with the earliest time-outs, and how many there are in all. */
export type EventWaiters = { rows: EventWaiter[]; total: number; now: Iso };

/** Why a read failed; `network` means that no answer came at all. */
export type ErrorCode =
  | "bad_request"
  | "unauthenticated"
  | "forbidden"
  | "queue_not_found"
  | "task_not_found"
  | "payload_not_found"
  | "bulk_not_found"
  | "workflow_run_not_found"
  | "definition_not_found"
  | "no_schema"
  | "conflict"
  | "database_unavailable"
  | "timed_out"
  | "internal"
  | "network";

/** What every route answers in place of a result. The texts are authored: they never hold SQL or payloads. */
export type ErrorBody = { error: { code: ErrorCode; message: string; hint?: string } };
