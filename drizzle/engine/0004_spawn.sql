-- Bringing work into a queue: spawn_task for new tasks, retry_task for failed ones.

-- Adds a task with its first run, both pending and claimable at once, and returns them. With an idempotency key
-- that is taken it changes nothing and returns the task that holds the key, with created = false.
--
-- Locks: none of existing rows without a key. With a key, the unique index makes a second spawn wait for the first
-- one's transaction; a partitioned queue, which cannot have that index on its tasks, reserves the key in i_{queue}
-- first.
create function absurd.spawn_task(
  p_queue_name text,
  p_task_name text,
  p_params jsonb,
  p_options jsonb default '{}'
)
returns table (task_id uuid, run_id uuid, attempt integer, created boolean)
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_strategy jsonb := p_options -> 'retry_strategy';
  v_key text := p_options ->> 'idempotency_key';
  v_max_attempts integer;
  v_task_id uuid;
  v_run_id uuid;
  v_partitioned boolean := false;
  v_reserve text := '';
  v_source text := '';
  v_conflict text := '';
  v_created boolean;
begin
  if p_task_name is null or length(trim(p_task_name)) = 0 then
    raise exception 'task_name must be provided';
  end if;
  if v_strategy is not null then
    perform absurd.retry_delay_seconds(v_strategy, 1);
  end if;
  v_max_attempts := (p_options ->> 'max_attempts')::integer;
  if v_max_attempts < 1 then
    raise exception 'max_attempts must be >= 1';
  end if;

  v_task_id := absurd.portable_uuidv7();
  v_run_id := absurd.portable_uuidv7();

  if v_key is not null then
    v_partitioned := exists (
      select from absurd.queues q where q.queue_name = p_queue_name and q.storage_mode = 'partitioned'
    );
    if v_partitioned then
      v_reserve := format(
        $sql$
          reserved as (
            insert into absurd.%I (idempotency_key, task_id)
            values ($10, $1)
            on conflict (idempotency_key) do nothing
            returning task_id
          ),
        $sql$,
        'i_' || p_queue_name
      );
      v_source := ' from reserved';
    else
      v_conflict := ' on conflict (idempotency_key) do nothing';
    end if;
  end if;

  -- One statement: the run is inserted only if its task was.
  execute format(
    $sql$
      with %s task as (
        insert into absurd.%I (
          task_id, task_name, params, headers, retry_strategy, max_attempts, cancellation,
          enqueue_at, state, attempts, last_attempt_run, idempotency_key
        )
        select $1, $3, $4, $5, $6, $7, $8, $9, 'pending', 1, $2, $10%s%s
        returning task_id
      )
      insert into absurd.%I (run_id, task_id, attempt, state, available_at)
      select $2, task.task_id, 1, 'pending', $9 from task
      returning true
    $sql$,
    v_reserve, 't_' || p_queue_name, v_source, v_conflict, 'r_' || p_queue_name
  )
  into v_created
  using
    v_task_id, v_run_id, p_task_name, coalesce(p_params, 'null'::jsonb), p_options -> 'headers', v_strategy,
    v_max_attempts, p_options -> 'cancellation', v_now, v_key;

  if v_created then
    return query select v_task_id, v_run_id, 1, true;
    return;
  end if;

  if not v_partitioned then
    -- All three are NULL when the task was cleaned up since the conflict.
    return query execute format(
      $sql$
        select t.task_id, t.last_attempt_run, t.attempts, false
        from (select) one
        left join absurd.%I t on t.idempotency_key = $1
      $sql$,
      't_' || p_queue_name
    ) using v_key;
    return;
  end if;

  execute format(
    $sql$
      select t.task_id, t.last_attempt_run, t.attempts
      from absurd.%I i
      join absurd.%I t on t.task_id = i.task_id
      where i.idempotency_key = $1
      for key share of i
    $sql$,
    'i_' || p_queue_name, 't_' || p_queue_name
  )
  into v_task_id, v_run_id, attempt
  using v_key;

  if v_task_id is null then
    raise exception 'Idempotency key "%" in queue "%" was concurrently cleaned up', v_key, p_queue_name
      using errcode = '40001', hint = 'Retry spawn_task with the same idempotency key.';
  end if;
  if v_run_id is null then
    raise exception 'Idempotency key "%" in queue "%" resolved to task "%" without a run',
      v_key, p_queue_name, v_task_id;
  end if;
  return query select v_task_id, v_run_id, attempt, false;
end;
$$;

-- Gives a failed task another attempt: in place, keeping its checkpoints and key (created = false), or with
-- `spawn_new` as a new task without the key (created = true), the old one unchanged.
--
-- Locks: the task FOR UPDATE. No run: a failed task has no active one that somebody else could be holding.
create function absurd.retry_task(p_queue_name text, p_task_id uuid, p_options jsonb default '{}')
returns table (task_id uuid, run_id uuid, attempt integer, created boolean)
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_spawn_new boolean := coalesce((p_options ->> 'spawn_new')::boolean, false);
  v_max_attempts integer := (p_options ->> 'max_attempts')::integer;
  v_task record;
  v_run_id uuid;
begin
  if v_max_attempts < 1 then
    raise exception 'max_attempts must be >= 1';
  end if;

  execute format(
    $sql$
      select t.task_name, t.params, t.headers, t.retry_strategy, t.max_attempts, t.cancellation, t.state, t.attempts
      from absurd.%I t
      where t.task_id = $1
      for update
    $sql$,
    't_' || p_queue_name
  )
  into v_task
  using p_task_id;

  if v_task.state is null then
    raise exception 'Task "%" not found in queue "%"', p_task_id, p_queue_name;
  end if;
  if v_task.state <> 'failed' then
    raise exception 'Task "%" is not currently failed in queue "%"', p_task_id, p_queue_name;
  end if;

  if v_spawn_new then
    return query
    select s.task_id, s.run_id, s.attempt, s.created
    from absurd.spawn_task(
      p_queue_name,
      v_task.task_name,
      v_task.params,
      jsonb_strip_nulls(
        jsonb_build_object(
          'headers', v_task.headers,
          'retry_strategy', v_task.retry_strategy,
          'max_attempts', coalesce(v_max_attempts, v_task.max_attempts),
          'cancellation', v_task.cancellation
        )
      )
    ) s;
    return;
  end if;

  v_max_attempts := coalesce(v_max_attempts, coalesce(v_task.max_attempts, v_task.attempts) + 1);
  if v_max_attempts <= v_task.attempts then
    raise exception 'max_attempts (%) must be greater than current attempts (%)', v_max_attempts, v_task.attempts;
  end if;

  v_run_id := absurd.portable_uuidv7();
  execute format(
    $sql$
      with run as (
        insert into absurd.%I (run_id, task_id, attempt, state, available_at)
        values ($2, $1, $3, 'pending', $5)
      )
      update absurd.%I t
      set state = 'pending', attempts = $3, max_attempts = $4, last_attempt_run = $2, cancelled_at = null
      where t.task_id = $1
    $sql$,
    'r_' || p_queue_name, 't_' || p_queue_name
  )
  using p_task_id, v_run_id, v_task.attempts + 1, v_max_attempts, v_now;

  return query select p_task_id, v_run_id, v_task.attempts + 1, false;
end;
$$;
