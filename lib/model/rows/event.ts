import type { Uuid } from "../ids.ts";
import type { Iso } from "../instants.ts";
import type { Payload } from "../json.ts";

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
  /** Runs whose timeout has passed and that are not claimed yet: an emit would not wake them. */
  overdue: number;
  /** The earliest timeout of both. */
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
  /** `null`: no timeout. */
  timeoutAt: Iso | null;
};

/** The waiters with the earliest timeouts, and the total number of waiters. */
export type EventWaiters = { rows: EventWaiter[]; total: number; now: Iso };
