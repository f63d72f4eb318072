import type { Count } from "./count.ts";
import type { Iso } from "./instants.ts";
import { isActive, type TaskState } from "./states.ts";

/** How a queue stores its rows. */
export const STORAGE_MODES = ["unpartitioned", "partitioned"] as const;
export type StorageMode = (typeof STORAGE_MODES)[number];

/** The terminal tasks of a queue by state. */
export type TerminalCounts = { completed: Count; failed: Count; cancelled: Count };

export type Queue = {
  name: string;
  createdAt: Iso;
  storageMode: "unpartitioned" | "partitioned";
  /** Exact, from the run index: a task has at most one active run. */
  active: { pending: number; running: number; sleeping: number };
  terminal: TerminalCounts;
  /** Runs that are ready to be claimed, and when the oldest of them became ready. */
  ready: number;
  oldestReadyAt: Iso | null;
  /** Sleeping runs whose time has come, and running ones whose lease has expired. */
  overdueSleepers: number;
  expiredLeases: number;
  /** Set when the queue is registered but its tables cannot be read; the figures are then zero. */
  unreadable?: string;
};

/** How many tasks of a queue are in a state. */
export function countInState({ active, terminal }: Queue, state: TaskState): Count {
  return isActive(state) ? { value: active[state], precision: "exact" } : terminal[state];
}

export type QueueList = { queues: Queue[]; now: Iso };
