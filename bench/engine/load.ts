import type { Client } from "pg";

/** The tasks are spread over this number of days before today. */
const DAYS = 30;

/**
 * Creates a queue with `count` finished tasks: 94 % completed, 4 % failed after three attempts, 2 % cancelled. Each has
 * two checkpoints, every tenth an event. The rows equal those written by the engine's functions.
 */
export async function loadFinishedTasks(
  client: Client,
  queue: string,
  count: number,
): Promise<void> {
  await client.query("select absurd.create_queue($1)", [queue]);
  await client.query(`
    create temporary table finished as
    select
      n, at, pg_temp.uuid_at(at) as task_id,
      case when n % 50 = 0 then 'cancelled' when n % 25 = 1 then 'failed' else 'completed' end as state
    from (
      select n, date_trunc('day', now()) - make_interval(secs => ${DAYS} * 86400.0 * (1 - n::float8 / ${count})) as at
      from generate_series(1, ${count}) n
    ) instants`);
  await client.query(`
    create temporary table attempt as
    select f.task_id, f.state as outcome, a as attempt, f.at + make_interval(secs => a) as at,
      pg_temp.uuid_at(f.at + make_interval(secs => a - 1)) as run_id,
      a = case f.state when 'failed' then 3 else 1 end as last
    from finished f, generate_series(1, case f.state when 'failed' then 3 else 1 end) a`);
  await client.query(`
    insert into absurd.t_${queue} (task_id, task_name, params, max_attempts, enqueue_at, first_started_at, state,
      attempts, last_attempt_run, completed_payload, cancelled_at)
    select f.task_id, 'finished', jsonb_build_object('order', f.n), 3, f.at, f.at + interval '1 second', f.state,
      a.attempt, a.run_id,
      case when f.state = 'completed' then jsonb_build_object('order', f.n, 'shipped', true) end,
      case when f.state = 'cancelled' then f.at + interval '2 seconds' end
    from finished f join attempt a on a.task_id = f.task_id and a.last
    order by f.n`);
  await client.query(`
    insert into absurd.r_${queue} (run_id, task_id, attempt, state, claimed_by, claim_expires_at, available_at,
      started_at, completed_at, failed_at, result, failure_reason, created_at)
    select run_id, task_id, attempt,
      case when last then outcome else 'failed' end,
      case when outcome <> 'cancelled' then 'worker' end,
      case when outcome <> 'cancelled' then at + interval '1 minute' end,
      at, at,
      case when outcome = 'completed' then at + interval '1 second' end,
      case when outcome = 'failed' then at + interval '1 second' end,
      case when outcome = 'completed' then jsonb_build_object('shipped', true) end,
      case when outcome = 'failed' then jsonb_build_object('name', 'Error', 'message', 'out of stock') end,
      at
    from attempt
    order by run_id`);
  await client.query(`
    insert into absurd.c_${queue} (task_id, checkpoint_name, state, owner_run_id, updated_at)
    select task_id, 'step-' || step, jsonb_build_object('done', step), run_id, at
    from attempt, generate_series(1, 2) step
    where attempt = 1
    order by task_id, step`);
  await client.query(`
    insert into absurd.e_${queue} (event_name, payload, emitted_at)
    select 'shipped:' || n, jsonb_build_object('order', n), at from finished where n % 10 = 0`);
  await client.query("drop table finished, attempt");
  await client.query(
    `vacuum (freeze, analyze) ${["t", "r", "c", "e", "w"].map((p) => `absurd.${p}_${queue}`)}`,
  );
}

/** Creates the loader's id function: a UUIDv7 for a given instant, so that ids sort by time like the engine's. */
export async function createIdFunction(client: Client): Promise<void> {
  await client.query(`
    create function pg_temp.uuid_at(at timestamptz) returns uuid language sql volatile as $$
      select (
        lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0')
        || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14, 3)
        || '8' || substr(replace(gen_random_uuid()::text, '-', ''), 18, 15)
      )::uuid
    $$`);
}
