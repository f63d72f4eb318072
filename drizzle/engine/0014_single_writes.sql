-- spawn_task, complete_run and fail_run with a statement for each table. One statement with several writing parts costs
-- more to plan, each time, than its parts do. What they promise, return and lock is unchanged. Everything in this file can
-- be run again.

-- Adds a task with its first run, both pending and ready at once, and returns them. With an idempotency key that is taken
-- it changes nothing and returns the task that holds the key, with created = false.
--
-- Locks: none of existing rows without a key. With a key, the unique index makes a second spawn wait for the first one's
-- transaction; a partitioned queue, which cannot have that index on its tasks, reserves the key in i_{queue} first.
create or replace function absurd.spawn_task(
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
  v_conflict text := '';
  v_created boolean := true;
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
      execute format(
        $sql$
          insert into absurd.%I (idempotency_key, task_id)
          values ($1, $2)
          on conflict (idempotency_key) do nothing
          returning true
        $sql$,
        'i_' || p_queue_name
      )
      into v_created
      using v_key, v_task_id;
    else
      v_conflict := ' on conflict (idempotency_key) do nothing';
    end if;
  end if;

  -- From here on NULL if the key is taken.
  if v_created then
    execute format(
      $sql$
        insert into absurd.%I (
          task_id, task_name, params, headers, retry_strategy, max_attempts, cancellation,
          enqueue_at, state, attempts, last_attempt_run, idempotency_key
        )
        values ($1, $3, $4, $5, $6, $7, $8, $9, 'pending', 1, $2, $10)%s
        returning true
      $sql$,
      't_' || p_queue_name, v_conflict
    )
    into v_created
    using
      v_task_id, v_run_id, p_task_name, coalesce(p_params, 'null'::jsonb), p_options -> 'headers', v_strategy,
      v_max_attempts, p_options -> 'cancellation', v_now, v_key;
  end if;

  if v_created then
    execute format(
      'insert into absurd.%I (run_id, task_id, attempt, state, available_at) values ($1, $2, 1, ''pending'', $3)',
      'r_' || p_queue_name
    )
    using v_run_id, v_task_id, v_now;
    task_id := v_task_id;
    run_id := v_run_id;
    attempt := 1;
    created := true;
    return next;
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

-- Finishes a running run and its task with a result. It does not matter if the lease has expired, until it is swept.
--
-- Locks: the run FOR UPDATE, then the task by its update; then the run's waits are deleted.
create or replace function absurd.complete_run(p_queue_name text, p_run_id uuid, p_state jsonb default null)
returns void
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_run record;
begin
  execute format(
    'select r.state, r.task_id from absurd.%I r where r.run_id = $1 for update',
    'r_' || p_queue_name
  )
  into v_run
  using p_run_id;

  if v_run.state is null then
    raise exception 'Run "%" not found in queue "%"', p_run_id, p_queue_name;
  end if;
  if v_run.state = 'cancelled' then
    raise exception 'Task has been cancelled' using errcode = 'AB001';
  end if;
  if v_run.state = 'failed' then
    raise exception 'Run "%" has already failed in queue "%"', p_run_id, p_queue_name using errcode = 'AB002';
  end if;
  if v_run.state <> 'running' then
    raise exception 'Run "%" is not currently running in queue "%"', p_run_id, p_queue_name;
  end if;

  execute format(
    'update absurd.%I r set state = ''completed'', completed_at = $2, result = $3 where r.run_id = $1',
    'r_' || p_queue_name
  )
  using p_run_id, v_now, p_state;

  execute format(
    $sql$
      update absurd.%I t
      set state = 'completed', completed_payload = $2, last_attempt_run = $3
      where t.task_id = $1
    $sql$,
    't_' || p_queue_name
  )
  using v_run.task_id, p_state, p_run_id;

  execute format('delete from absurd.%I w where w.run_id = $1', 'w_' || p_queue_name) using p_run_id;
end;
$$;

-- Fails a running or sleeping run and decides what happens to its task: a new run now or later, at p_retry_at or by the
-- task's retry strategy; failed, if no attempts are left or the stored strategy is invalid; cancelled, if the next
-- attempt would begin at or after the end of max_duration.
--
-- Locks: the run FOR UPDATE, then the task FOR UPDATE; then writes run, new run, task and waits.
create or replace function absurd.fail_run(
  p_queue_name text,
  p_run_id uuid,
  p_reason jsonb,
  p_retry_at timestamptz default null
)
returns void
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_run record;
  v_task record;
  v_outcome text := 'failed';
  v_retry boolean;
  v_max_duration bigint;
  v_next timestamptz;
  v_next_run uuid;
begin
  execute format(
    'select r.state, r.task_id, r.attempt from absurd.%I r where r.run_id = $1 for update',
    'r_' || p_queue_name
  )
  into v_run
  using p_run_id;

  if v_run.state = 'cancelled' then
    raise exception 'Task has been cancelled' using errcode = 'AB001';
  end if;
  if v_run.state = 'failed' then
    raise exception 'Run "%" has already failed in queue "%"', p_run_id, p_queue_name using errcode = 'AB002';
  end if;
  if v_run.state is null or v_run.state not in ('running', 'sleeping') then
    raise exception 'Run "%" cannot be failed in queue "%"', p_run_id, p_queue_name;
  end if;

  execute format(
    $sql$
      select t.retry_strategy, t.max_attempts, t.first_started_at, t.cancellation
      from absurd.%I t
      where t.task_id = $1
      for update
    $sql$,
    't_' || p_queue_name
  )
  into v_task
  using v_run.task_id;

  v_retry := v_task.max_attempts is null or v_run.attempt < v_task.max_attempts;
  if v_retry then
    -- Cast before the delay is computed: a limit that is not a bigint raises 22P02 even if the strategy is invalid.
    v_max_duration := (v_task.cancellation ->> 'max_duration')::bigint;
    v_next := p_retry_at;
    if v_next is null then
      begin
        v_next := v_now
          + make_interval(secs => absurd.retry_delay_seconds(v_task.retry_strategy, v_run.attempt));
      exception
        -- The strategy was stored before strategies were validated; no retry can ever be computed from it.
        when sqlstate 'AB003' then
          v_retry := false;
      end;
    end if;
    v_next := greatest(v_next, v_now);
  end if;

  if v_retry then
    if v_max_duration
      <= extract(epoch from v_next) - extract(epoch from v_task.first_started_at) then
      v_outcome := 'cancelled';
    else
      v_outcome := case when v_next > v_now then 'sleeping' else 'pending' end;
      v_next_run := absurd.portable_uuidv7();
    end if;
  end if;

  execute format(
    $sql$
      update absurd.%I r
      set state = 'failed', wake_event = null, failed_at = $2, failure_reason = $3
      where r.run_id = $1
    $sql$,
    'r_' || p_queue_name
  )
  using p_run_id, v_now, p_reason;

  if v_next_run is not null then
    execute format(
      'insert into absurd.%I (run_id, task_id, attempt, state, available_at) values ($1, $2, $3, $4, $5)',
      'r_' || p_queue_name
    )
    using v_next_run, v_run.task_id, v_run.attempt + 1, v_outcome, v_next;
  end if;

  execute format(
    $sql$
      update absurd.%I t
      set state = $2, attempts = greatest(t.attempts, $3), last_attempt_run = $4,
          cancelled_at = case when $2 = 'cancelled' then coalesce(t.cancelled_at, $5) else t.cancelled_at end
      where t.task_id = $1
    $sql$,
    't_' || p_queue_name
  )
  using
    v_run.task_id, v_outcome, case when v_next_run is null then v_run.attempt else v_run.attempt + 1 end,
    coalesce(v_next_run, p_run_id), v_now;

  execute format('delete from absurd.%I w where w.run_id = $1', 'w_' || p_queue_name) using p_run_id;
end;
$$;
