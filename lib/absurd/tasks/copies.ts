import type { Uuid } from "../../model/ids.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { atomically } from "../connection/atomically.ts";
import { stringifyJson } from "../connection/json.ts";
import { requireInteger, requireText } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";
import { InvalidArgumentError, TaskNotFoundError } from "../errors.ts";
import type { CancellationRules, RetryStrategy } from "./spawn.ts";
import { engineRules, engineStrategy } from "./spawn.ts";

/** Values that replace those of the copied task. */
export type CopyEdits = {
  name?: string;
  params?: Json;
  /** Replaces all headers; the links to the old task are added. */
  headers?: JsonObject;
  /** `null` means no strategy. */
  retryStrategy?: RetryStrategy | null;
  /** `null` means unlimited. */
  maxAttempts?: number | null;
  /** `null` means no limits. */
  cancellation?: CancellationRules | null;
};

/** The new task. */
export type CopiedTask = { taskId: Uuid; runId: Uuid; attempt: number };

/**
 * Spawns a copy of a task in any state: same name, params, headers, retry strategy, `maxAttempts` and cancellation
 * rules, unless `edits` replaces them. The header `spawned_from` holds the old task's id. The idempotency key is not
 * copied. Unedited values are copied inside the database, so numbers stay exact.
 *
 * @throws TaskNotFoundError, QueueNotFoundError. @throws InvalidRetryStrategyError when the engine no longer accepts
 * the old strategy; pass another one.
 */
export function runAgain(
  db: Queryable,
  queue: string,
  taskId: Uuid,
  edits: CopyEdits = {},
): Promise<CopiedTask> {
  return copyTask(db, queue, taskId, edits, {});
}

/**
 * Copies a task like `runAgain`, and copies the committed checkpoints that precede a step. The new task's worker
 * replays those and executes that step and all later ones. Steps are ordered by the time they were stored. The
 * header `forked_from_step` holds the step. Atomic, in a savepoint inside the caller's transaction, so no worker
 * sees the task before its checkpoints.
 *
 * @throws InvalidArgumentError if the task has no checkpoint of that step.
 * @throws the errors of `runAgain`.
 */
export function forkTask(
  db: Queryable,
  queue: string,
  taskId: Uuid,
  fromStep: string,
  edits: CopyEdits = {},
): Promise<CopiedTask & { copiedSteps: string[] }> {
  return atomically(db, async (tx) => {
    const fork = await copyTask(tx, queue, taskId, edits, { forked_from_step: fromStep });
    const checkpoints = queueTable("c", queue);
    const [step] = await call(
      tx,
      `select from ${checkpoints}
        where task_id = $1 and checkpoint_name = $2 and status = 'committed'`,
      [taskId, fromStep],
    );
    if (!step)
      throw new InvalidArgumentError(`Task ${taskId} has no checkpoint of a step "${fromStep}".`);
    const copies = await call<{ checkpoint_name: string }>(
      tx,
      `select checkpoint_name,
              absurd.set_task_checkpoint_state($1, $4, checkpoint_name, state, $5)
         from (select checkpoint_name, state from ${checkpoints}
                where task_id = $2 and status = 'committed'
                  and (updated_at, checkpoint_name) <
                      (select updated_at, checkpoint_name from ${checkpoints}
                        where task_id = $2 and checkpoint_name = $3)
                order by updated_at, checkpoint_name) as preceding`,
      [queue, taskId, fromStep, fork.taskId, fork.runId],
    );
    return { ...fork, copiedSteps: copies.map((copy) => copy.checkpoint_name) };
  });
}

async function copyTask(
  db: Queryable,
  queue: string,
  taskId: Uuid,
  edits: CopyEdits,
  links: JsonObject,
): Promise<CopiedTask> {
  const copy = (await copyTasks(db, queue, [taskId], edits, links)).get(taskId);
  if (!copy) throw new TaskNotFoundError(`Task "${taskId}" not found in queue "${queue}".`);
  return copy;
}

/**
 * Spawns a copy of each task like `runAgain`, in one statement. Returns the copies by the id of the copied task; a
 * missing task has none.
 *
 * @param links headers of the copies besides `spawned_from`.
 * @throws the errors of `runAgain` except TaskNotFoundError; then none was copied.
 */
export async function copyTasks(
  db: Queryable,
  queue: string,
  taskIds: readonly Uuid[],
  edits: CopyEdits = {},
  links: JsonObject = {},
): Promise<Map<Uuid, CopiedTask>> {
  if (edits.name !== undefined) requireText("The task's name", edits.name);
  // Null members are omitted, because the engine refuses a strategy of JSON null.
  const rows = await call<{ original: Uuid; task_id: Uuid; run_id: Uuid; attempt: number }>(
    db,
    `select t.task_id as original, copy.task_id, copy.run_id, copy.attempt
       from ${queueTable("t", queue)} t
      cross join lateral (
        select jsonb_build_object(
          'headers', case jsonb_typeof(t.headers) when 'object' then t.headers else '{}' end,
          'retry_strategy', t.retry_strategy,
          'max_attempts', t.max_attempts,
          'cancellation', t.cancellation) || $5::jsonb as value) as wanted
      cross join lateral (
        select jsonb_object_agg(key, case key when 'headers'
                 then value || jsonb_build_object('spawned_from', t.task_id) || $6::jsonb
                 else value end) as value
          from jsonb_each(wanted.value)
         where jsonb_typeof(value) <> 'null') as options
      cross join lateral absurd.spawn_task(
        $1, coalesce($3, t.task_name), coalesce($4::jsonb, t.params), options.value) as copy
      where t.task_id = any($2::uuid[])`,
    [
      queue,
      taskIds,
      edits.name ?? null,
      edits.params === undefined ? null : stringifyJson(edits.params),
      stringifyJson(engineEdits(edits)),
      stringifyJson(links),
    ],
    { queue },
  );
  return new Map(
    rows.map(({ original, task_id, run_id, attempt }) => [
      original,
      { taskId: task_id, runId: run_id, attempt },
    ]),
  );
}

function engineEdits({ headers, retryStrategy, maxAttempts, cancellation }: CopyEdits): JsonObject {
  if (typeof maxAttempts === "number") requireInteger("maxAttempts", maxAttempts, 1);
  return {
    ...(headers && { headers }),
    ...(maxAttempts !== undefined && { max_attempts: maxAttempts }),
    ...(retryStrategy !== undefined && {
      retry_strategy: retryStrategy && engineStrategy(retryStrategy),
    }),
    ...(cancellation !== undefined && { cancellation: cancellation && engineRules(cancellation) }),
  };
}
