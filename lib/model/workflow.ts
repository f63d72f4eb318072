/** What pages and routes see of workflow runs. Instants are ISO strings and JSON travels as text. */
import type { Count } from "./count.ts";
import type { Uuid } from "./ids.ts";
import type { Iso } from "./instants.ts";
import type { Payload } from "./json.ts";
import type { Page } from "./page.ts";
import type { TaskState, WorkflowStatus } from "./states.ts";
import type { TaskDetail } from "./task.ts";

export type WorkflowRunSummary = {
  workflowRunId: Uuid;
  name: string;
  version: string;
  hash: string | null;
  /** As written by whoever runs the workflow; a foreign table may use words of its own. */
  storedStatus: string;
  /** As shown: `sleeping` where the row says running and the root task sleeps. */
  status: WorkflowStatus | "sleeping" | (string & {});
  /** The root task's final state, where the row does not know of its end. */
  stale: TaskState | null;
  queue: string | null;
  /** The task that executes the workflow, as far as the row tells; its state is `null` when it is gone. */
  rootTaskId: Uuid | null;
  rootState: TaskState | null;
  tenantId: string | null;
  createdBy: string | null;
  tags: Payload;
  /** As stored: what it counts is up to the writer. */
  taskCount: number | null;
  /** `null` where the table does not record it. */
  createdAt: Iso | null;
  startedAt: Iso | null;
  completedAt: Iso | null;
  definitionId: Uuid | null;
  parentWorkflowRunId: Uuid | null;
};

/** Which of the dashboard's workflow tables the database has, and what the list can go by. */
export type WorkflowTables = {
  runs: boolean;
  definitions: boolean;
  /** Without it, runs are listed by id, which may be random, and times filter by their start. */
  createdAt: boolean;
  tenants: boolean;
};

export type WorkflowRunPage = Page<WorkflowRunSummary> & { tables: WorkflowTables };

/** One stored definition of a workflow. */
export type WorkflowDefinitionSummary = {
  definitionId: Uuid;
  name: string;
  version: string;
  /** `null`, like those below, where the table has no such column. */
  hash: string | null;
  tenantId: string | null;
  isPaused: boolean;
  sourceFormat: string | null;
  createdBy: string | null;
  createdAt: Iso | null;
};

/** A stored definition to be looked at. */
export type WorkflowDefinitionDetail = WorkflowDefinitionSummary & {
  /** The normalised JSON; `null` when it is too large to be drawn. */
  text: string | null;
  /** Those of the same name and tenant, this one among them, the newest first. */
  versions: WorkflowDefinitionSummary[];
  now: Iso;
};

/** `truncated` when only the newest are given. */
export type WorkflowDefinitionList = {
  definitions: WorkflowDefinitionSummary[];
  installed: boolean;
  truncated: boolean;
  now: Iso;
};

/**
 * How a run's definition was found: the row names it; its hash is the same; the root task carries it; or, last, it is
 * the only stored one of this name and version, so that it is likely but not certain.
 */
export type DefinitionSource = "definition_id" | "hash" | "params" | "name_and_version";

/** The normalised JSON of a definition, as text. */
export type RunDefinition = { text: string; source: DefinitionSource; definitionId: Uuid | null };

/** What a task recorded of the workflow, where the texts of its values are cut short. */
export type TaskRecord = {
  /** The part of the workflow that the task executes, by its path in the run; `null` where it does not say. */
  path: string | null;
  /** How operators ended, by their path in the run: the report of a root task that has ended. */
  ends: Record<string, string> | null;
  /** By checkpoint: how long a list is, which status a value states, and what went wrong. */
  values: Record<string, RecordedValue>;
};
export type RecordedValue = {
  length?: number;
  /** Of the interpreter's note that an operator started tasks: how many. */
  tasks?: number;
  status?: string;
  failure?: { type: string; message: string };
};

export type WorkflowRunDetail = {
  run: WorkflowRunSummary;
  inputs: Payload;
  result: Payload;
  error: Payload;
  /** The root first, then by id: the oldest ones where there are very many. Their JSON values are cut short. */
  tasks: TaskDetail[];
  /** By task. */
  records: Record<Uuid, TaskRecord>;
  /** Tasks that carry the run's id, its root included; capped while the search goes on, or above its limit. */
  linked: Count;
  /** Set while tasks of the run's life are still being looked for: everything up to here was looked at. */
  searchedTo?: Iso;
  now: Iso;
};
