import type { Client } from "pg";
import { ERROR, endOf, type Filling, idOf, NAME, startOf, tasksOf } from "./rows";
import type { BenchQueue } from "./sizes";

/** Creates a queue; a partitioned one has partitions for all its data. */
export async function createQueue(
  client: Client,
  { name, partitioned }: BenchQueue,
): Promise<void> {
  await client.query("select absurd.create_queue($1, $2)", [
    name,
    partitioned ? "partitioned" : "unpartitioned",
  ]);
  if (!partitioned) return;
  await client.query(
    "update absurd.queues set partition_lookback = '35 days' where queue_name = $1",
    [name],
  );
  await client.query("select absurd.ensure_partitions($1)", [name]);
}

/** Creates a queue and fills its tables as the engine's functions would have, in the order of their ids. */
export async function loadQueue(client: Client, filling: Filling): Promise<void> {
  const { name, partitioned } = filling.queue;
  await createQueue(client, filling.queue);
  for (const statement of [tasks, runs, checkpoints, events, waits])
    await client.query(statement(filling));
  if (partitioned)
    await client.query(`insert into absurd.i_${name} (idempotency_key, task_id)
      select idempotency_key, task_id from absurd.t_${name} where idempotency_key is not null`);
}

/**
 * Deletes all but one of this many active tasks of a queue, in any order, with what belongs to them: the tables then
 * look as if the others had ended and been cleaned up.
 */
export async function thinOut(
  client: Client,
  { name, partitioned }: BenchQueue,
  share: number,
): Promise<void> {
  await client.query("begin");
  await client.query(`create temp table surplus on commit drop as
    select task_id from absurd.r_${name}
    where state in ('pending', 'running', 'sleeping') and hashtext(task_id::text) % ${share} <> 0`);
  await client.query("analyze surplus");
  for (const table of ["w", "c", "r", "t", ...(partitioned ? ["i"] : [])])
    await client.query(
      `delete from absurd.${table}_${name} where task_id in (select task_id from surplus)`,
    );
  await client.query(`delete from absurd.e_${name} as event
    where payload is null
      and not exists (select from absurd.w_${name} as wait where wait.event_name = event.event_name)`);
  await client.query("commit");
}

/** Gives one task a name and a parameter value that no index finds. */
export async function plantRare(
  client: Client,
  queue: string,
  { name, path }: { name: string; path: string },
): Promise<void> {
  const [, key, value] = /^params\.(\w+):(\w+)$/.exec(path) ?? [];
  await client.query(
    `update absurd.t_${queue} set task_name = $1, params = params || jsonb_build_object($2::text, $3::text)
      where task_id = (select task_id from absurd.t_${queue} where state = 'completed' order by task_id limit 1)`,
    [name, key, value],
  );
}

function tasks(filling: Filling): string {
  return `
    insert into absurd.t_${filling.queue.name} (task_id, task_name, params, headers, retry_strategy, max_attempts,
      enqueue_at, first_started_at, state, attempts, last_attempt_run, completed_payload, cancelled_at, idempotency_key)
    select ${idOf(0)}, ${NAME},
      jsonb_build_object('order', jsonb_build_object('id', n, 'total', r3 % 100000 / 100.0), 'customer', 'c-' || r2,
        'note', key),
      case when r3 % 10 < 6 then jsonb_build_object('tenant_id', 'tenant-' || r2 % 20, 'trace', substr(key, 1, 16)) end,
      '{"kind": "fixed", "base_seconds": 60}', 3, at,
      case when state not in ('pending', 'cancelled') then ${startOf("1")} end,
      state, attempts, ${idOf("attempts")},
      case when state = 'completed' then jsonb_build_object('ok', true, 'units', r3 % 50) end,
      case when state = 'cancelled' then ${startOf("1")} end,
      case when r3 % 10 = 0 then 'key-' || n end
    from (${tasksOf(filling)}) task`;
}

/** The last attempt of an active task has not ended; every earlier attempt failed. */
function runs(filling: Filling): string {
  const now = `to_timestamp(${filling.now / 1000})`;
  const ahead = `${now} + (r2 - 1000) * interval '3 seconds'`;
  return `
    insert into absurd.r_${filling.queue.name} (run_id, task_id, attempt, state, claimed_by, claim_expires_at,
      available_at, wake_event, started_at, completed_at, failed_at, result, failure_reason, created_at)
    select ${idOf("attempt")}, ${idOf(0)}, attempt, run.state,
      case when run.state in ('completed', 'failed', 'running') then 'worker-' || r3 % 40 end,
      case when run.state in ('completed', 'failed') then ${endOf("attempt")}
        when run.state = 'running' then ${now} + (r3 % 60 - 1) * interval '1 second' end,
      case when run.state = 'sleeping' and attempt = 1 and r3 % 4 = 0 then 'infinity'
        when run.state = 'sleeping' then ${ahead}
        when run.state = 'pending' then at else ${startOf("attempt")} end,
      case when run.state = 'sleeping' and attempt = 1 and r3 % 2 = 0 then 'order:' || n || ':paid' end,
      case when run.state not in ('pending', 'cancelled') and not (run.state = 'sleeping' and attempt > 1)
        then ${startOf("attempt")} end,
      case when run.state = 'completed' then ${endOf("attempt")} end,
      case when run.state = 'failed' then ${endOf("attempt")} end,
      case when run.state = 'completed' then jsonb_build_object('ok', true) end,
      case when run.state = 'failed' then ${ERROR} end,
      at + (attempt - 1) * interval '1 minute'
    from (${tasksOf(filling)}) task
    cross join lateral (
      select attempt, case when attempt = attempts then state else 'failed' end as state
      from generate_series(1, attempts) attempt
    ) run`;
}

/** One checkpoint per started task, two for every fifth. */
function checkpoints(filling: Filling): string {
  return `
    insert into absurd.c_${filling.queue.name} (task_id, checkpoint_name, state, owner_run_id, updated_at)
    select ${idOf(0)}, 'step-' || step, jsonb_build_object('done', step, 'by', key), ${idOf(1)}, ${startOf("1")}
    from (${tasksOf(filling)}) task
    cross join generate_series(1, case when r3 % 5 = 0 then 2 else 1 end) step
    where state not in ('pending', 'cancelled')`;
}

/** An emitted event for every twentieth task; a sentinel row for every waiting task. */
function events(filling: Filling): string {
  const { name } = filling.queue;
  return `
    insert into absurd.e_${name} (event_name, payload, emitted_at)
    select 'order:' || n || case when state = 'sleeping' then ':paid' else ':shipped' end,
      case when state <> 'sleeping' then jsonb_build_object('order', n) end,
      case when state = 'sleeping' then to_timestamp(0) else at end
    from (${tasksOf(filling)}) task
    where case when state = 'sleeping' then attempts = 1 and r3 % 2 = 0 else n % 20 = 0 end`;
}

function waits(filling: Filling): string {
  const { name } = filling.queue;
  return `
    insert into absurd.w_${name} (task_id, run_id, step_name, event_name, timeout_at, created_at)
    select task_id, run_id, 'paid', wake_event, nullif(available_at, 'infinity'), started_at
    from absurd.r_${name} where state = 'sleeping' and wake_event is not null`;
}
