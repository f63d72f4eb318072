import type { Uuid } from "../../model/ids.ts";
import type { Json } from "../../model/json.ts";
import { decodeDate, decodeJson, selectInstants, selectJson } from "../connection/columns.ts";
import { jsonParameter, requireInteger, requireText } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";
import { requireTaskIdForRun } from "./runs.ts";

/** A step's stored result. */
export type Checkpoint = {
  name: string;
  /** `undefined` is SQL NULL: the step has no value. */
  state: Json | undefined;
  /** Always `committed` today; the engine's getters also support `pending`. */
  status: string;
  /** The run that wrote last. */
  ownerRunId: Uuid | null;
  updatedAt: Date;
};

const COLUMNS = `checkpoint_name, status, owner_run_id,
  ${selectJson("state")}, ${selectInstants("updated_at")}`;

type CheckpointRow = {
  checkpoint_name: string;
  state: string | null;
  status: string;
  owner_run_id: Uuid | null;
  updated_at: string;
};

function decodeCheckpoint(row: CheckpointRow): Checkpoint {
  return {
    name: row.checkpoint_name,
    state: decodeJson(row.state),
    status: row.status,
    ownerRunId: row.owner_run_id,
    updatedAt: decodeDate(row.updated_at),
  };
}

/** A step's result and the run that executed it. */
export type CheckpointInput = {
  taskId: Uuid;
  stepName: string;
  /** `undefined` is stored as SQL NULL. */
  state: Json | undefined;
  /** The run that executes the step. */
  ownerRunId: Uuid;
  /** New end of the run's lease, in whole seconds from now; if omitted or 0, the lease does not change. */
  extendClaimSeconds?: number;
};

/**
 * Stores a step's result. A run never overwrites what a later attempt wrote; the engine ignores such a write silently.
 * The engine doesn't check that the run belongs to the task.
 *
 * @throws TaskCancelledError. @throws RunFailedError when the run has already failed. @throws RunNotFoundError.
 */
export async function setCheckpoint(
  db: Queryable,
  queue: string,
  input: CheckpointInput,
): Promise<void> {
  requireText("stepName", input.stepName);
  if (input.extendClaimSeconds !== undefined)
    requireInteger("extendClaimSeconds", input.extendClaimSeconds, 0);
  await call(
    db,
    "select absurd.set_task_checkpoint_state($1, $2, $3, $4::jsonb, $5, $6)",
    [
      queue,
      input.taskId,
      input.stepName,
      jsonParameter(input.state),
      input.ownerRunId,
      input.extendClaimSeconds ?? null,
    ],
    { queue },
  );
}

/** Returns a step's checkpoint, written by any attempt, or `null` if there is none. */
export async function getCheckpoint(
  db: Queryable,
  queue: string,
  taskId: Uuid,
  stepName: string,
  options: { includePending?: boolean } = {},
): Promise<Checkpoint | null> {
  const [row] = await call<CheckpointRow>(
    db,
    `select ${COLUMNS} from absurd.get_task_checkpoint_state($1, $2, $3, $4)`,
    [queue, taskId, stepName, options.includePending ?? false],
    { queue },
  );
  return row ? decodeCheckpoint(row) : null;
}

/**
 * Lists the checkpoints visible to a run: committed ones of its own and earlier attempts, oldest first.
 *
 * @throws RunNotFoundError for an unknown run or one of another task (since schema 0.1.0; before, the engine ignored
 * the run and returned all checkpoints of the task).
 */
export async function getCheckpoints(
  db: Queryable,
  queue: string,
  taskId: Uuid,
  runId: Uuid,
): Promise<Checkpoint[]> {
  const rows = await call<CheckpointRow>(
    db,
    `select ${COLUMNS} from absurd.get_task_checkpoint_states($1, $2, $3)`,
    [queue, taskId, runId],
    { queue },
  );
  return rows.map(decodeCheckpoint);
}

/** Lists all checkpoints of a task, of any attempt and status, oldest first; empty for an unknown task. */
export async function getCheckpointsForTask(
  db: Queryable,
  queue: string,
  taskId: Uuid,
): Promise<Checkpoint[]> {
  const rows = await call<CheckpointRow>(
    db,
    `select ${COLUMNS} from ${queueTable("c", queue)} c where task_id = $1
      order by c.updated_at, checkpoint_name`,
    [taskId],
    { queue },
  );
  return rows.map(decodeCheckpoint);
}

/**
 * Returns the checkpoints visible to a run as step name -> state, including those of earlier attempts. SQL NULL becomes
 * `null`; use `getCheckpoints` to distinguish it, or for the order.
 *
 * @throws RunNotFoundError.
 */
export async function getCheckpointsForRun(
  db: Queryable,
  queue: string,
  runId: Uuid,
): Promise<Record<string, Json>> {
  const taskId = await requireTaskIdForRun(db, queue, runId);
  const checkpoints = await getCheckpoints(db, queue, taskId, runId);
  return Object.fromEntries(checkpoints.map(({ name, state }) => [name, state ?? null]));
}

/**
 * Returns the state of a step of a run's task, or `undefined` if it has no checkpoint. A stored null is `null`.
 *
 * @throws RunNotFoundError.
 */
export async function getRunCheckpoint(
  db: Queryable,
  queue: string,
  runId: Uuid,
  stepName: string,
): Promise<Json | undefined> {
  const taskId = await requireTaskIdForRun(db, queue, runId);
  const checkpoint = await getCheckpoint(db, queue, taskId, stepName);
  return checkpoint ? (checkpoint.state ?? null) : undefined;
}

/**
 * Stores a step's result for the run that executes it. Pass `taskId` to save a query.
 *
 * @throws RunNotFoundError, TaskCancelledError, RunFailedError.
 */
export async function saveCheckpointForRun(
  db: Queryable,
  queue: string,
  runId: Uuid,
  stepName: string,
  state: Json | undefined,
  options: { taskId?: Uuid } = {},
): Promise<void> {
  const taskId = options.taskId ?? (await requireTaskIdForRun(db, queue, runId));
  await setCheckpoint(db, queue, { taskId, stepName, state, ownerRunId: runId });
}

/** A step and the run that executes it. */
export type StepInput = {
  taskId: Uuid;
  runId: Uuid;
  /** Unique within the task; a second step of the same name returns the first one's result. */
  name: string;
  /** New end of the lease once the step is stored, in whole seconds from now. */
  extendClaimSeconds?: number;
};

/**
 * Runs `execute` unless the task already has a checkpoint of this name, and returns the stored or new value. The type
 * of a stored value is not checked. If storing fails, the step runs again in the next attempt, so it should be
 * idempotent.
 *
 * @throws TaskCancelledError, RunFailedError, RunNotFoundError if the result cannot be stored; and the errors of
 * `execute`.
 */
export async function step<T extends Json | undefined>(
  db: Queryable,
  queue: string,
  input: StepInput,
  execute: () => T | Promise<T>,
): Promise<T> {
  const done = await getCheckpoint(db, queue, input.taskId, input.name);
  if (done) return done.state as T;
  const state = await execute();
  await setCheckpoint(db, queue, {
    taskId: input.taskId,
    stepName: input.name,
    state,
    ownerRunId: input.runId,
    ...(input.extendClaimSeconds !== undefined && { extendClaimSeconds: input.extendClaimSeconds }),
  });
  return state;
}
