import type { Uuid } from "../ids.ts";
import type { Iso } from "../instants.ts";
import type { UnreadableQueue } from "../queue.ts";
import type { TaskSummary } from "../task.ts";

/** The evidence that two tasks are related. */
export type Relation =
  /** A header of the child holds the parent's id. */
  | { by: "parent_task_id" }
  /** A step of the parent waited for the result of the child, or stored the id of what it spawned. */
  | { by: "awaited" | "stored"; step: string }
  /** A header of the copy holds the id of the original; a fork's also holds the step it resumes from. */
  | { by: "spawned_from"; step: string | null }
  | { by: "idempotency_key" }
  | { by: "workflow_run_id" };

export type RelatedTask = { task: TaskSummary; relation: Relation };

/** The tasks related to one task that bounded queries find. */
export type RelatedTasks = {
  parents: RelatedTask[];
  /** The task that this one is a copy or fork of. */
  origin: RelatedTask | null;
  children: RelatedTask[];
  /** Copies and forks of this task. */
  copies: RelatedTask[];
  /** Tasks of other queues only: within a queue a key is unique. */
  sameKey: RelatedTask[];
  /** Tasks of the same workflow run, spawned within an hour of this one. */
  sameRun: RelatedTask[];
  /** Ids named as parent, original or child that no readable queue contains. */
  missing: { id: Uuid; relation: Relation }[];
  /** Children and copies known only by a header were searched up to this instant; `null`: up to now. */
  searchedTo: Iso | null;
  /** Number of tasks per queue, spawned before this one, that were checked for awaiting it. */
  probed: number;
  /** Queues whose idempotency keys were not searched, because no usable index serves that. */
  keysUnknown: string[];
  unreadable: UnreadableQueue[];
  now: Iso;
};
