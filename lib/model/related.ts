import type { Uuid } from "./ids.ts";
import type { Iso } from "./instants.ts";
import type { TaskSummary } from "./task.ts";

/** How it is known that two tasks belong together. */
export type Relation =
  /** A header of the child holds the parent's id. */
  | { by: "parent_task_id" }
  /** A step of the parent waited for the result of the child, or stored the id of what it spawned. */
  | { by: "awaited" | "stored"; step: string }
  /** A header of the copy holds the id of the original; a fork also the step it went on from. */
  | { by: "spawned_from"; step: string | null }
  | { by: "idempotency_key" }
  | { by: "workflow_run_id" };

export type RelatedTask = { task: TaskSummary; relation: Relation };

/** The tasks that have to do with one task, as far as bounded questions find them. */
export type RelatedTasks = {
  parents: RelatedTask[];
  /** What it is a copy or a fork of. */
  origin: RelatedTask | null;
  children: RelatedTask[];
  /** Runs again and forks of it. */
  copies: RelatedTask[];
  /** Tasks of other queues: within a queue a key is unique. */
  sameKey: RelatedTask[];
  /** Of the same workflow run, spawned within an hour of it. */
  sameRun: RelatedTask[];
  /** Ids that are named as parent, original or child, and are in no queue that can be read. */
  missing: { id: Uuid; relation: Relation }[];
  /** Children and copies that a header alone tells were looked for up to here; `null`: up to now. */
  searchedTo: Iso | null;
  /** Tasks in each queue, spawned before it, that were asked whether they awaited it. */
  probed: number;
  /** Queues where keys were not looked for, because no index the dashboard may use serves that. */
  keysUnknown: string[];
  unreadable: string[];
  now: Iso;
};
