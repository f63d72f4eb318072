import type { Uuid } from "../ids.ts";
import type { UnreadableQueue } from "../queue.ts";
import type { TaskState } from "../states.ts";

/** What a search by id found, and the registered queues that it had to leave out. */
export type FindResult = { found: Found[]; unreadable: UnreadableQueue[] };

/** Where an id was found. `taskId` is the task itself, or the task of the run. */
export type Found = FoundTask | FoundWorkflow;

export type FoundTask = {
  kind: "task" | "run";
  queue: string;
  taskId: Uuid;
  runId: Uuid | null;
  /** Set if the id is a run's. */
  attempt: number | null;
  /** The task's name. */
  name: string;
  state: TaskState;
};

export type FoundWorkflow = {
  kind: "workflow";
  workflowRunId: Uuid;
  name: string;
  status: string | null;
};
