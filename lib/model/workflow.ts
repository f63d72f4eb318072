/** Workflow runs as pages and routes receive them. Instants are ISO strings, and JSON is sent as text. */
import type { Count } from "./count.ts";
import type { Uuid } from "./ids.ts";
import type { Iso } from "./instants.ts";
import type { Payload } from "./json.ts";
import type { Page } from "./page.ts";
import type { UnreadableQueue } from "./queue.ts";
import type { TaskState, WorkflowStatus } from "./states.ts";
import type { TaskDetail } from "./task.ts";
import { findExcess } from "./work/json-values.ts";

/**
 * Definitions of more characters are neither shown nor started here, though workers run them: checking one would keep
 * other requests waiting. One with 3,000 simple operators has 1.4 million.
 */
export const MOST_DEFINITION_CHARACTERS = 2_000_000;
/**
 * The same for values, such as the fields of operators, of which 3,000 simple operators have 130,000; for items of
 * lists, such as dependencies, each of which is an edge of the graph; for the members of large objects, such as the
 * operators; and for the values of one operator, which is not checked in slices.
 */
const LIMITS = { values: 150_000, items: 20_000, members: 5_000, each: 10_000 };
const EXCESSES = {
  values: "has more than 150,000 values, or 1,000 levels",
  items: "has more than 20,000 dependencies and other items of lists",
  members: "has more than 5,000 operators and other members of large objects",
  each: "has an operator of more than 10,000 values",
};
const MOST_TEMPLATES = 20_000;

/** Why the text of a definition is neither shown nor started here: `has more than …`; `null` if it is. */
export function findDefinitionLimit(text: string): string | null {
  if (text.length > MOST_DEFINITION_CHARACTERS)
    return `has more than ${MOST_DEFINITION_CHARACTERS / 1_000_000} million characters`;
  const excess = findExcess(text, LIMITS);
  if (excess !== null) return EXCESSES[excess];
  let templates = 0;
  for (let at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", at + 2))
    if (++templates > MOST_TEMPLATES) return "has more than 20,000 templates";
  return null;
}

export type WorkflowRunSummary = {
  workflowRunId: Uuid;
  name: string;
  version: string;
  hash: string | null;
  /** As stored by the program that runs the workflow; a table of another program may use other words. */
  storedStatus: string;
  /** As shown: `sleeping` if the row says running and the root task sleeps. */
  status: WorkflowStatus | "sleeping" | (string & {});
  /** The root task's final state, if the row does not record the end of the run. */
  stale: TaskState | null;
  queue: string | null;
  /**
   * The task that executes the workflow, if the row names it; its state is `null` when the task is gone or unreadable.
   */
  rootTaskId: Uuid | null;
  rootState: TaskState | null;
  tenantId: string | null;
  createdBy: string | null;
  tags: Payload;
  /** As stored. What it counts depends on the program that wrote it. */
  taskCount: number | null;
  /** `null` if the table does not record it. */
  createdAt: Iso | null;
  startedAt: Iso | null;
  completedAt: Iso | null;
  definitionId: Uuid | null;
  parentWorkflowRunId: Uuid | null;
};

/** Which of the dashboard's workflow tables the database has, and what the list can sort by. */
export type WorkflowTables = {
  runs: boolean;
  definitions: boolean;
  /** If false, runs are listed by id, which may be random, and time filters use their start. */
  createdAt: boolean;
  tenants: boolean;
};

export type WorkflowRunPage = Page<WorkflowRunSummary> & { tables: WorkflowTables };

/** One stored definition of a workflow. */
export type WorkflowDefinitionSummary = {
  definitionId: Uuid;
  name: string;
  version: string;
  /** This and the columns below are `null` if the table lacks them. */
  hash: string | null;
  tenantId: string | null;
  isPaused: boolean;
  sourceFormat: string | null;
  createdBy: string | null;
  createdAt: Iso | null;
};

/** A stored definition with its versions. */
export type WorkflowDefinitionDetail = WorkflowDefinitionSummary & {
  /** The normalised JSON; `null` when it is too large to be drawn. */
  text: string | null;
  /** Definitions of the same name and tenant, including this one, newest first. */
  versions: WorkflowDefinitionSummary[];
  now: Iso;
};

/** `truncated`: only the newest are included. */
export type WorkflowDefinitionList = {
  definitions: WorkflowDefinitionSummary[];
  installed: boolean;
  truncated: boolean;
  now: Iso;
};

/**
 * How a run's definition was found: the row names it, its hash matches, the root task carries it, or it is the
 * only stored one of this name and version (likely, not certain).
 */
export type DefinitionSource = "definition_id" | "hash" | "params" | "name_and_version";

/** The normalised JSON of a definition, as text. */
export type RunDefinition = { text: string; source: DefinitionSource; definitionId: Uuid | null };

/** A task's records of the workflow, computed on the server because the texts of its values are truncated. */
export type TaskRecord = {
  /**
   * The part of the workflow that the task executes, by its path in the run; `null` if the task doesn't record it.
   */
  path: string | null;
  /** How operators ended, by their path in the run: the report of a root task that has ended. */
  ends: Record<string, string> | null;
  /** By checkpoint: the length of a list, the status in a value, and its failure. */
  values: Record<string, RecordedValue>;
};
export type RecordedValue = {
  length?: number;
  /** For the interpreter's record that an operator started tasks: their number. */
  tasks?: number;
  status?: string;
  failure?: { type: string; message: string };
  /** For the interpreter's record that an operator started child workflows: their runs, by name. */
  children?: Record<string, Uuid>;
};

export const CIRCUIT_STATES = ["closed", "open", "half_open"] as const;

/** The circuit breaker of an operator, shared by all runs and versions of a workflow name. */
export type Circuit = {
  tenantId: string;
  workflowName: string;
  /** The operator's path in the definition. */
  operator: string;
  state: (typeof CIRCUIT_STATES)[number];
  /** Consecutive failures while closed. */
  failures: number;
  /** Successes since the isolation ended. */
  successes: number;
  /** When an open circuit permits its next call, the probe. */
  retryAt: Iso | null;
  /** Until when the probe of a half-open circuit is protected. */
  probeUntil: Iso | null;
  updatedAt: Iso;
  /** Differs after every change of the circuit's state. */
  revision: string;
};

/** A child workflow that a run has started. */
export type ChildRun = Pick<
  WorkflowRunSummary,
  "workflowRunId" | "name" | "version" | "status" | "storedStatus" | "stale"
>;

export type WorkflowRunDetail = {
  run: WorkflowRunSummary;
  inputs: Payload;
  result: Payload;
  error: Payload;
  /** The root first, then by id; if there are too many, the oldest. Their JSON values are truncated. */
  tasks: TaskDetail[];
  /** By task. */
  records: Record<Uuid, TaskRecord>;
  /** Runs whose parent is this one: the oldest 200. */
  children: ChildRun[];
  /** Tasks that carry the run's id, including its root; capped while the search continues, or above its limit. */
  linked: Count;
  /** Set while the search for the run's tasks continues: everything up to this instant has been searched. */
  searchedTo?: Iso;
  /** Queues that could not be read: tasks of the run in them are missing. */
  unreadable?: UnreadableQueue[];
  now: Iso;
};
