import type { Client } from "pg";

export const ATTEMPTS = 40;
export const CHECKPOINTS = 2_000;

/**
 * One task as left by a long agent loop: 39 failed attempts and a running one, each with its share of the steps.
 * Returns the task's id. The queue must exist and be empty.
 */
export async function loadLongTask(client: Client, queue: string): Promise<string> {
  const each = CHECKPOINTS / ATTEMPTS;
  const spawned = await client.query(
    `select task_id from absurd.spawn_task($1, 'agent-loop', '{"goal": "long"}', '{"max_attempts": 60}')`,
    [queue],
  );
  const taskId: string = spawned.rows[0].task_id;
  await client.query(
    `delete from absurd.r_${queue};
     insert into absurd.r_${queue} (run_id, task_id, attempt, state, claimed_by, claim_expires_at, available_at,
         started_at, failed_at, failure_reason, created_at)
     select absurd.portable_uuidv7(), '${taskId}', n, case when n < ${ATTEMPTS} then 'failed' else 'running' end,
         'agent-' || n % 4, begun + interval '10 minutes', begun, begun,
         case when n < ${ATTEMPTS} then begun + interval '50 seconds' end,
         case when n < ${ATTEMPTS} then '{"name": "ToolError", "message": "the tool did not answer"}'::jsonb end, begun
       from generate_series(1, ${ATTEMPTS}) n
      cross join lateral (select now() - (${ATTEMPTS} - n + 1) * interval '1 minute' as begun) at;
     insert into absurd.c_${queue} (task_id, checkpoint_name, state, status, owner_run_id, updated_at)
     select r.task_id, format('turn-%s-%s', r.attempt, k),
         jsonb_build_object('turn', k, 'text', repeat('words ', 20)), 'committed', r.run_id,
         r.started_at + k * interval '0.9 seconds'
       from absurd.r_${queue} r cross join generate_series(1, ${each}) k;
     update absurd.t_${queue} t set state = 'running', attempts = ${ATTEMPTS},
         enqueue_at = now() - interval '${ATTEMPTS + 1} minutes',
         first_started_at = now() - interval '${ATTEMPTS} minutes',
         last_attempt_run = (select run_id from absurd.r_${queue} where attempt = ${ATTEMPTS})`,
  );
  return taskId;
}
