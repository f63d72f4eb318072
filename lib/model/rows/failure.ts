import type { Uuid } from "../ids.ts";
import type { Iso } from "../instants.ts";
import type { TaskState } from "../states.ts";

/** The tasks of an error group by their outcome. A task counts once, in the group of its latest failure. */
export type FailureOutcomes = {
  /** Failed, no attempts left. */
  exhausted: number;
  /** Failed with attempts left: the engine refused the stored retry strategy. */
  refused: number;
  /** Active: another attempt is ready, sleeping or running. */
  retrying: number;
  /** Completed by a later attempt. */
  recovered: number;
  cancelled: number;
};

/** One failed attempt of a group, as an example. */
export type FailureSample = {
  queue: string;
  taskId: Uuid;
  tenantId: string | null;
  state: TaskState;
  attempt: number;
  failedAt: Iso;
  message: string;
};

/** Failed attempts with the same task name, error name and message pattern. */
export type FailureGroup = {
  /** Stable: the same group has the same id in every result. */
  id: string;
  taskName: string;
  errorName: string | null;
  /** The message with its values replaced; empty if there was no message. */
  pattern: string;
  /** Failed attempts; a task can have several. */
  attempts: number;
  tasks: FailureOutcomes;
  /** Where they happened, most attempts first. */
  queues: string[];
  /**
   * The first failure of the group. `exact`: no older one is on record. `or-earlier`: there are failures before
   * the window, and not all of them were read. `in-window`: the first within the window; no older one was found,
   * but not all were read.
   */
  first: { at: Iso; precision: "exact" | "or-earlier" | "in-window" };
  lastAt: Iso;
  /** Failed attempts per bucket of the window. */
  trend: number[];
  /** The latest failure of each of the five most recently claimed tasks. */
  samples: FailureSample[];
};

/** An error group without its samples. */
export type TopFailureGroup = Omit<FailureGroup, "samples">;
