import type { Uuid } from "./ids.ts";
import type { Iso } from "./instants.ts";
import type { Payload } from "./json.ts";

/**
 * `awaited`: tasks are waiting and it was never emitted. `asked`: a task waited for it earlier, it was never emitted,
 * and no task is waiting now; only the engine's sentinel row is left.
 */
export const EVENT_STATES = ["awaited", "emitted", "asked"] as const;
export type EventState = (typeof EVENT_STATES)[number];

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
