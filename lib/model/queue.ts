import type { Count } from "./count.ts";
import type { Uuid } from "./ids.ts";
import type { Iso } from "./instants.ts";
import { isActive, type TaskState } from "./states.ts";

/** How a queue stores its rows. */
export const STORAGE_MODES = ["unpartitioned", "partitioned"] as const;
export type StorageMode = (typeof STORAGE_MODES)[number];

/** The terminal tasks of a queue by state. */
export type TerminalCounts = { completed: Count; failed: Count; cancelled: Count };

/** Why the tables of a registered queue cannot be read. */
export const UNREADABLE_REASONS = [
  "tables_missing",
  "not_permitted",
  "row_security",
  "locked",
  "failing",
] as const;
export type UnreadableReason = (typeof UNREADABLE_REASONS)[number];

/** A registered queue that a result leaves out. */
export type UnreadableQueue = { name: string; reason: UnreadableReason };

const UNREADABLE: Record<UnreadableReason, { sentence: string; phrase: string }> = {
  tables_missing: {
    sentence: "It is registered, but some of its tables are missing.",
    phrase: "some of its tables are missing",
  },
  not_permitted: {
    sentence: "The dashboard's database role may not read its tables.",
    phrase: "the dashboard's database role may not read it",
  },
  row_security: {
    sentence:
      "Row-level security applies to its tables for the dashboard's database role, so rows may be hidden and every count wrong.",
    phrase: "row-level security may hide its rows from the dashboard's database role",
  },
  locked: {
    sentence: "Another session holds a lock on its tables, so it was left out of this reading.",
    phrase: "locked by another session",
  },
  failing: {
    sentence: "Reading its tables failed; the database server's log has the reason.",
    phrase: "reading its tables failed",
  },
};

/** Why a queue cannot be read, as a sentence about the queue. */
export function explainUnreadable(reason: UnreadableReason): string {
  return UNREADABLE[reason].sentence;
}

/** The queues that a result leaves out, each with the reason: `a (locked by another session), b (…)`. */
export function describeUnreadable(queues: readonly UnreadableQueue[]): string {
  return queues.map(({ name, reason }) => `${name} (${UNREADABLE[reason].phrase})`).join(", ");
}

/** An active task whose cancellation policy makes every claim on its queue fail. */
export type PoisonTask = {
  taskId: Uuid;
  name: string;
  field: "max_delay" | "max_duration";
  /** The value that the engine cannot cast to a whole number. */
  value: string;
};

/** What determines whether the ready tasks of a queue get claimed. */
export type ClaimFacts = {
  /** Runs within their lease, and how many workers hold them. */
  running: number;
  workers: number;
  /**
   * The latest claim that a row records; the worker's name is kept only while its run is neither suspended nor
   * cancelled.
   */
  lastClaim: { at: Iso; worker: string | null } | null;
  /** Whether every suspended run was searched for a later claim. */
  complete: boolean;
  /** At most three. */
  poison: PoisonTask[];
};

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
  /** Sleeping runs that are due, and running ones whose lease has expired. */
  overdueSleepers: number;
  expiredLeases: number;
  /**
   * `null` if nothing waits (the oldest ready task became ready less than five seconds ago, and no lease has
   * expired), and if the counts cover only some tenants, because then claims of the others are not read.
   */
  claims: ClaimFacts | null;
  /** Set when the queue is registered but its tables cannot be read; the figures are then zero. */
  unreadable?: UnreadableReason;
};

/** How many tasks of a queue are in a state. */
export function countInState({ active, terminal }: Queue, state: TaskState): Count {
  return isActive(state) ? { value: active[state], precision: "exact" } : terminal[state];
}

export type QueueList = { queues: Queue[]; now: Iso };

/** Exact counts of the queues that can be read, and how many cannot. */
export type QueueTotals = { ready: number; running: number; sleeping: number; unreadable: number };

export function countTotals(queues: readonly Queue[]): QueueTotals {
  const totals: QueueTotals = { ready: 0, running: 0, sleeping: 0, unreadable: 0 };
  for (const { ready, active, unreadable } of queues) {
    totals.ready += ready;
    totals.running += active.running;
    totals.sleeping += active.sleeping;
    if (unreadable) totals.unreadable++;
  }
  return totals;
}
