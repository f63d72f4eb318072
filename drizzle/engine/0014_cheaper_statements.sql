-- spawn_task, schedule_run, complete_run, fail_run and cancel_task with a statement for each table: one statement with
-- several writing parts costs more to plan, each time, than its parts do. claim_task without reading all tasks with a
-- cancellation policy at each poll; await_event, emit_event, retry_task, get_task_result and get_task_checkpoint_states
-- with statements that are cheaper to plan. What they promise and return is unchanged, and also what they lock, except that
-- schedule_run lets FOR KEY SHARE of its run pass. Everything in this file can be run again.
--
-- In schedule_run, complete_run, fail_run and cancel_task, columns have no aliases, because an alias costs time at each
-- analysis of the statement. Only the first table's name is formatted, because `format` raises the error for a queue that
-- is NULL; for the others `||` is cheaper. A table of waits without a page, as in a queue without events, is not searched
-- by complete_run, fail_run and cancel_task. A partitioned table has neither pages nor a file of its own, and is always
-- searched.

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

-- Returns up to p_qty ready runs, leased to the worker for p_claim_timeout seconds (without expiry if that is not
-- positive), those available longest first. Before that it cancels tasks that are past a limit of their cancellation
-- policy, and fails up to p_qty runs whose lease has expired; both also happen when nothing is claimed.
--
-- Locks: for each overdue task what cancel_task locks, waiting; expired runs FOR UPDATE SKIP LOCKED, then what fail_run
-- locks; candidates run and task FOR UPDATE SKIP LOCKED, so that pollers never wait for each other and any lock on
-- either row only hides that run from this poll.
create or replace function absurd.claim_task(
  p_queue_name text,
  p_worker_id text,
  p_claim_timeout integer default 30,
  p_qty integer default 1
)
returns table (
  run_id uuid,
  task_id uuid,
  attempt integer,
  task_name text,
  params jsonb,
  retry_strategy jsonb,
  max_attempts integer,
  headers jsonb,
  wake_event text,
  event_payload jsonb
)
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_worker text := coalesce(nullif(p_worker_id, ''), 'worker');
  v_timeout integer := coalesce(p_claim_timeout, 30);
  v_qty integer := greatest(coalesce(p_qty, 1), 1);
  v_oldest text := 'select array('
    'select t.task_id from absurd.%I t where t.cancellation is not null order by t.task_id limit $1)';
  v_policies uuid[];
  v_many boolean;
  v_sweep text;
  v_snapshot text;
  v_earliest float8;
  v_plan json;
  v_index oid;
  v_policies_known float8;
  v_tasks text;
  v_overdue uuid;
  v_expired record;
  v_swept boolean := false;
  v_reach bigint;
  v_ready uuid[];
  v_runs uuid[];
  v_sleeping boolean;
  v_slept boolean;
begin
  -- The oldest tasks with a policy, from index {t}_ci; most queues have none, and then the sweep ends here. By order
  -- and limit, because for an `exists` the planner may scan a table without statistics.
  execute format(v_oldest, 't_' || p_queue_name) into v_policies using 17;

  -- Up to 16 tasks are looked up by id, whether they have an active run or not. With more, the sweep below may start from
  -- the active runs. Only a task whose runs were changed by hand is active without an active run; one poll in a hundred
  -- also looks for those, among the 1,000 oldest, where such a task arrives once older tasks have been cleaned up.
  v_many := cardinality(v_policies) > 16;
  if v_many then
    if random() < 0.01 then
      execute format(v_oldest, 't_' || p_queue_name) into v_policies using 1000;
    else
      v_policies := '{}';
    end if;
  end if;

  -- Limits are compared as epochs, which can neither overflow nor meet an infinite interval. A limit that is not a
  -- bigint raises 22P02 for the whole queue, as it does in the original.
  if v_policies <> '{}' then
    for v_overdue in execute format(
      $sql$
        select t.task_id
        from absurd.%I t
        where t.task_id = any ($2)
          and t.state in ('pending', 'sleeping', 'running')
          and (
            (
              (t.cancellation ->> 'max_delay')::bigint
                <= extract(epoch from $1) - extract(epoch from t.enqueue_at)
              and t.first_started_at is null
            ) or (
              (t.cancellation ->> 'max_duration')::bigint
                <= extract(epoch from $1) - extract(epoch from t.first_started_at)
            )
          )
        order by t.task_id
      $sql$,
      't_' || p_queue_name
    )
    using v_now, v_policies
    loop
      perform absurd.cancel_task(p_queue_name, v_overdue);
    end loop;
  end if;

  -- With more than 16, reading them would be most of a poll's cost. A session therefore keeps, in a setting of its own, the
  -- snapshot of its last sweep and the earliest limit that this found. Until a transaction in the cluster begins to write
  -- or ends, the snapshot stays the same and no row can have changed, so nothing is overdue before that limit. This does
  -- not hold in a transaction that has written, because its snapshot does not show its own changes.
  if v_many then
    v_sweep := 'absurd.sweep_' || to_regclass(format('absurd.%I', 't_' || p_queue_name))::oid;
    v_snapshot := pg_current_snapshot()::text;
    if pg_current_xact_id_if_assigned() is null
      and split_part(current_setting(v_sweep, true), ' ', 1) = v_snapshot
      and nullif(split_part(current_setting(v_sweep, true), ' ', 2), '')::float8 > date_part('epoch', v_now)
    then
      v_many := false;
    end if;
  end if;

  if v_many then
    -- From all tasks with a policy; or, if these are many and most of them finished, from the active runs, which does not
    -- find a task without one. By the statistics of index {t}_ci and by what the planner expects.
    v_index := to_regclass(format('absurd.%I', 't_' || p_queue_name || '_ci'));
    v_tasks := format('absurd.%I t', 't_' || p_queue_name);
    select sum(c.reltuples) into v_policies_known
    from (
      select v_index as id union all select i.inhrelid from pg_inherits i where i.inhparent = v_index
    ) part
    join pg_class c on c.oid = part.id;
    if v_policies_known > 1000 then
      execute format(
        'explain (format json) select from absurd.%I r where r.state in (''pending'', ''sleeping'', ''running'')',
        'r_' || p_queue_name
      )
      into v_plan;
      if (v_plan #>> '{0,Plan,Plan Rows}')::float8 * 2 < v_policies_known then
        v_tasks := v_tasks || format(
          ' join absurd.%I r on r.task_id = t.task_id and r.state in (''pending'', ''sleeping'', ''running'')',
          'r_' || p_queue_name
        );
      end if;
    end if;

    -- In floating point, which is cheaper; limits within the next second are left to the exact comparison below. A limit
    -- is cast if that comparison casts it.
    execute format(
      $sql$
        select
          min(
            case
              when t.first_started_at is null
                and (t.cancellation ->> 'max_delay')::bigint + date_part('epoch', t.enqueue_at) <= date_part('epoch', $1) + 1
              then date_part('epoch', $1)
              else least(
                (t.cancellation ->> 'max_delay')::bigint
                  + case when t.first_started_at is null then date_part('epoch', t.enqueue_at) end,
                (t.cancellation ->> 'max_duration')::bigint + date_part('epoch', t.first_started_at)
              )
            end
          ),
          pg_current_snapshot()::text
        from %s
        where t.cancellation is not null and t.state in ('pending', 'sleeping', 'running')
      $sql$,
      v_tasks
    )
    into v_earliest, v_snapshot
    using v_now;

    if v_earliest <= date_part('epoch', v_now) + 1 then
      for v_overdue in execute format(
        $sql$
          select t.task_id
          from %s
          where t.cancellation is not null
            and t.state in ('pending', 'sleeping', 'running')
            and (
              (
                (t.cancellation ->> 'max_delay')::bigint
                  <= extract(epoch from $1) - extract(epoch from t.enqueue_at)
                and t.first_started_at is null
              ) or (
                (t.cancellation ->> 'max_duration')::bigint
                  <= extract(epoch from $1) - extract(epoch from t.first_started_at)
              )
            )
          order by t.task_id
        $sql$,
        v_tasks
      )
      using v_now
      loop
        perform absurd.cancel_task(p_queue_name, v_overdue);
      end loop;
    end if;
    if pg_current_xact_id_if_assigned() is null then
      -- A second early, and without fractions, so that no rounding makes it late.
      perform set_config(
        v_sweep,
        v_snapshot || ' ' || floor(greatest(least(coalesce(v_earliest, 1e15), 1e15), -1e15))::bigint - 1,
        false
      );
    end if;
  end if;

  for v_expired in execute format(
    $sql$
      select r.run_id, r.claimed_by, r.claim_expires_at, r.attempt
      from absurd.%I r
      where r.state = 'running' and r.claim_expires_at is not null and r.claim_expires_at <= $1
      order by r.claim_expires_at, r.run_id
      limit $2
      for update skip locked
    $sql$,
    'r_' || p_queue_name
  )
  using v_now, v_qty
  loop
    perform absurd.fail_run(
      p_queue_name,
      v_expired.run_id,
      jsonb_strip_nulls(
        jsonb_build_object(
          'name', '$ClaimTimeout',
          'message', 'worker did not finish task within claim interval',
          'workerId', v_expired.claimed_by,
          'claimExpiredAt', v_expired.claim_expires_at,
          'attempt', v_expired.attempt
        )
      )
    );
    v_swept := true;
  end loop;
  if v_swept then
    -- Replacement runs without a delay became available after this call began; include them.
    v_now := absurd.current_time();
  end if;

  -- Two steps, so that the cost depends on the number of runs claimed, not on the backlog: first the ids of the runs
  -- that have been available longest, in the order of index {r}_sai, with eight to spare for runs that other sessions
  -- have locked; then, by id, as many of them as can be locked. If too many were locked, repeat with four times as
  -- many.
  v_reach := v_qty + 8::bigint;
  loop
    -- One event can make a hundred thousand runs available at the same instant, and the index does not order those by
    -- id. Up to 500 extra rows are read to find the smallest ids. The limit is a subquery to hide its value from the
    -- planner, which may otherwise collect and sort a backlog that it underestimates instead of reading the head of the
    -- index.
    execute format(
      $sql$
        select array(
          select ready.run_id
          from (
            (
              select r.run_id, r.available_at from absurd.%1$I r
              where r.state = 'pending' and r.available_at <= $1
              order by r.available_at
              limit (select $2 + 500)
            ) union all (
              select r.run_id, r.available_at from absurd.%1$I r
              where r.state = 'sleeping' and r.available_at <= $1
              order by r.available_at
              limit (select $2 + 500)
            )
          ) ready
          order by ready.available_at, ready.run_id
          limit $2
        )
      $sql$,
      'r_' || p_queue_name
    )
    into v_ready
    using v_now, v_reach;
    exit when v_ready = '{}';

    -- The conditions on the run are checked again on the locked row. `is true` keeps the planner from index {r}_sai,
    -- whose statistics may claim that a state is rarer than an id.
    v_runs := '{}';
    v_slept := false;
    for
      run_id, task_id, attempt, task_name, params, retry_strategy, max_attempts, headers, wake_event, event_payload,
      v_sleeping
    in execute format(
      $sql$
        select
          r.run_id, r.task_id, r.attempt, t.task_name, t.params, t.retry_strategy, t.max_attempts, t.headers,
          r.wake_event, r.event_payload, r.state = 'sleeping'
        from absurd.%I r
        join absurd.%I t on t.task_id = any (array[r.task_id])
        where r.run_id = any ($1)
          and (r.state in ('pending', 'sleeping') and r.available_at <= $2) is true
          and t.state in ('pending', 'sleeping', 'running')
        order by r.available_at, r.run_id
        limit $3
        for update of r, t skip locked
      $sql$,
      'r_' || p_queue_name, 't_' || p_queue_name
    )
    using v_ready, v_now, v_qty
    loop
      v_runs := v_runs || run_id;
      v_slept := v_slept or v_sleeping;
      return next;
    end loop;

    if v_runs <> '{}' then
      execute format(
        $sql$
          with run as (
            update absurd.%I r
            set state = 'running', claimed_by = $2, claim_expires_at = $3, available_at = $4, started_at = $4
            where r.run_id = any ($1)
            returning r.run_id, r.task_id, r.attempt
          )
          update absurd.%I t
          set state = 'running',
              attempts = greatest(t.attempts, run.attempt),
              first_started_at = coalesce(t.first_started_at, $4),
              last_attempt_run = run.run_id
          from run
          where t.task_id = any (array[run.task_id])
        $sql$,
        'r_' || p_queue_name, 't_' || p_queue_name
      )
      using v_runs, v_worker, case when v_timeout > 0 then v_now + make_interval(secs => v_timeout) end, v_now;
    end if;
    -- Only a sleeping run can have a wait.
    if v_slept then
      execute format(
        'delete from absurd.%I w where w.run_id = any ($1) and w.timeout_at <= $2',
        'w_' || p_queue_name
      )
      using v_runs, v_now;
    end if;

    v_qty := v_qty - cardinality(v_runs);
    exit when v_qty = 0 or cardinality(v_ready) < v_reach;
    v_reach := v_reach * 4;
  end loop;
end;
$$;

-- Puts a running run to sleep until p_wake_at (also in the past, or infinity). It stays the same run and attempt.
--
-- Locks: the run by its update if it is running, then the task by its update.
create or replace function absurd.schedule_run(p_queue_name text, p_run_id uuid, p_wake_at timestamptz)
returns void
language plpgsql
as $$
declare
  v_task_id uuid;
begin
  execute format(
    $sql$
      update absurd.%I
      set state = 'sleeping', claimed_by = null, claim_expires_at = null, available_at = $2, wake_event = null
      where run_id = $1 and (state = 'running') is true
      returning task_id
    $sql$,
    'r_' || p_queue_name
  )
  into v_task_id
  using p_run_id, p_wake_at;

  if v_task_id is null then
    raise exception 'Run "%" is not currently running in queue "%"', p_run_id, p_queue_name;
  end if;

  execute 'update absurd.' || quote_ident('t_' || p_queue_name) || $sql$
    set state = 'sleeping'
    where task_id = $1
  $sql$
  using v_task_id;
end;
$$;

-- Returns the event's payload, or suspends the run until the event is emitted or p_timeout seconds have passed
-- (should_suspend = true: the worker must stop). The payload is stored as the checkpoint of p_step_name. A timeout is
-- reported once as (false, NULL) after the run was claimed again, and stores nothing.
--
-- Locks: the event FOR SHARE, then the run and its task FOR UPDATE.
create or replace function absurd.await_event(
  p_queue_name text,
  p_task_id uuid,
  p_run_id uuid,
  p_step_name text,
  p_event_name text,
  p_timeout integer default null
)
returns table (should_suspend boolean, payload jsonb)
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_deadline timestamptz;
  v_checkpoint jsonb;
  v_emitted jsonb;
  v_locked boolean;
  v_run record;
begin
  if p_event_name is null or length(trim(p_event_name)) = 0 then
    raise exception 'event_name must be provided';
  end if;
  if p_timeout < 0 then
    raise exception 'timeout must be non-negative';
  end if;
  v_deadline := v_now + make_interval(secs => p_timeout);

  execute format(
    'select c.state from absurd.%I c where c.task_id = $1 and c.checkpoint_name = $2',
    'c_' || p_queue_name
  )
  into v_checkpoint
  using p_task_id, p_step_name;
  if v_checkpoint is not null then
    return query select false, v_checkpoint;
    return;
  end if;

  -- Again if a clean-up took the sentinel away before it was locked.
  loop
    execute format(
      $sql$
        insert into absurd.%I (event_name, payload, emitted_at)
        values ($1, null, 'epoch')
        on conflict (event_name) do nothing
      $sql$,
      'e_' || p_queue_name
    )
    using p_event_name;

    execute format(
      'select e.payload, true from absurd.%I e where e.event_name = $1 for share',
      'e_' || p_queue_name
    )
    into v_emitted, v_locked
    using p_event_name;
    exit when v_locked;
  end loop;

  execute format(
    $sql$
      select r.task_id, r.state, r.wake_event, r.event_payload, t.state as task_state
      from absurd.%I r
      join absurd.%I t on t.task_id = r.task_id
      where r.run_id = $1
      for update
    $sql$,
    'r_' || p_queue_name, 't_' || p_queue_name
  )
  into v_run
  using p_run_id;

  if v_run.state is null then
    raise exception 'Run "%" not found while awaiting event', p_run_id;
  end if;
  if v_run.task_state = 'cancelled' then
    raise exception 'Task has been cancelled' using errcode = 'AB001';
  end if;
  if v_run.state <> 'running' then
    raise exception 'Run "%" must be running to await events', p_run_id;
  end if;

  if v_emitted is not null then
    if v_run.event_payload is not null then
      execute format('update absurd.%I r set event_payload = null where r.run_id = $1', 'r_' || p_queue_name)
      using p_run_id;
    end if;
    execute format(
      $sql$
        insert into absurd.%I (task_id, checkpoint_name, state, status, owner_run_id, updated_at)
        values ($1, $2, $3, 'committed', $4, $5)
        on conflict (task_id, checkpoint_name) do update
        set state = excluded.state,
            status = excluded.status,
            owner_run_id = excluded.owner_run_id,
            updated_at = excluded.updated_at
      $sql$,
      'c_' || p_queue_name
    )
    using p_task_id, p_step_name, v_emitted, p_run_id, v_now;
    return query select false, v_emitted;
    return;
  end if;

  -- The run was claimed because its deadline passed: it still names the event and was given no payload.
  if v_run.wake_event = p_event_name and v_run.event_payload is null then
    execute format('update absurd.%I r set wake_event = null where r.run_id = $1', 'r_' || p_queue_name)
    using p_run_id;
    return query select false, null::jsonb;
    return;
  end if;

  execute format(
    $sql$
      update absurd.%I r
      set state = 'sleeping', claimed_by = null, claim_expires_at = null,
          available_at = coalesce($3, 'infinity'), wake_event = $2, event_payload = null
      where r.run_id = $1
    $sql$,
    'r_' || p_queue_name
  )
  using p_run_id, p_event_name, v_deadline;
  execute format('update absurd.%I t set state = ''sleeping'' where t.task_id = $1', 't_' || p_queue_name)
  using v_run.task_id;
  execute format(
    $sql$
      insert into absurd.%I (task_id, run_id, step_name, event_name, timeout_at, created_at)
      values ($1, $2, $3, $4, $5, $6)
      on conflict (run_id, step_name) do update
      set event_name = excluded.event_name, timeout_at = excluded.timeout_at, created_at = excluded.created_at
    $sql$,
    'w_' || p_queue_name
  )
  using p_task_id, p_run_id, p_step_name, p_event_name, v_deadline, v_now;
  return query select true, null::jsonb;
end;
$$;

-- Emits an event: stores its payload (NULL becomes JSON null) and wakes the runs that sleep on it, each with the payload as
-- the checkpoint of the step that waits. The first emit wins; a later one changes nothing and wakes no run. A wait that is
-- past its deadline is deleted and its run left to time out.
--
-- Locks: the event's row, then the waiting runs in the order of their ids, then their tasks.
create or replace function absurd.emit_event(p_queue_name text, p_event_name text, p_payload jsonb default null)
returns void
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_payload jsonb := coalesce(p_payload, 'null'::jsonb);
  v_first boolean;
  v_waits bigint;
  v_expired boolean;
  v_equals text;
  v_end text;
begin
  if p_event_name is null or length(trim(p_event_name)) = 0 then
    raise exception 'event_name must be provided';
  end if;

  execute format(
    $sql$
      insert into absurd.%I as e (event_name, payload, emitted_at)
      values ($1, $2, $3)
      on conflict (event_name) do update
      set payload = excluded.payload, emitted_at = excluded.emitted_at
      where e.payload is null
      returning true
    $sql$,
    'e_' || p_queue_name
  )
  into v_first
  using p_event_name, v_payload, v_now;
  if v_first is null then
    return;
  end if;

  -- A statement of its own, after the lock: its snapshot contains the wait of any await that the emit waited for.
  execute 'select count(*), bool_or(timeout_at <= $2) from absurd.' || quote_ident('w_' || p_queue_name)
    || ' where event_name = $1'
  into v_waits, v_expired
  using p_event_name, v_now;
  if v_waits = 0 then
    return;
  end if;

  -- Few rows are joined by `any` of an array of one, which costs half as much to plan, but looks up each row by itself.
  v_equals := case when v_waits > 100 then '=' else '= any (array[' end;
  v_end := case when v_waits > 100 then '' else '])' end;
  execute format(
    $sql$
      with waiting as materialized (
        select w.run_id, w.step_name, w.task_id as wait_task_id, r.task_id
        from absurd.%4$I w
        join absurd.%1$I r on r.run_id %5$s w.run_id%6$s
        where w.event_name = $1
          and (w.timeout_at is null or w.timeout_at > $3)
          and (r.state = 'sleeping') is true
        order by r.run_id
        for update of r
      ), run as (
        update absurd.%1$I r
        set state = 'pending', claimed_by = null, claim_expires_at = null, available_at = $3,
            wake_event = null, event_payload = $2
        from waiting
        where r.run_id %5$s waiting.run_id%6$s
      ), task as (
        update absurd.%2$I t
        set state = 'pending'
        from waiting
        where t.task_id %5$s waiting.task_id%6$s and t.state = 'sleeping'
      ), saved as (
        insert into absurd.%3$I (task_id, checkpoint_name, state, status, owner_run_id, updated_at)
        select waiting.wait_task_id, waiting.step_name, $2, 'committed', waiting.run_id, $3
        from waiting
        on conflict (task_id, checkpoint_name) do update
        set state = excluded.state,
            status = excluded.status,
            owner_run_id = excluded.owner_run_id,
            updated_at = excluded.updated_at
      )
      delete from absurd.%4$I w
      using waiting
      where w.run_id %5$s waiting.run_id%6$s and w.step_name = waiting.step_name
    $sql$,
    'r_' || p_queue_name, 't_' || p_queue_name, 'c_' || p_queue_name, 'w_' || p_queue_name,
    v_equals, v_end
  )
  using p_event_name, v_payload, v_now;

  if v_expired then
    execute 'delete from absurd.' || quote_ident('w_' || p_queue_name) || ' where event_name = $1 and timeout_at <= $2'
    using p_event_name, v_now;
  end if;
end;
$$;

-- Returns what a run may reuse: the task's checkpoints, except those of later attempts, in the order in which they were
-- written. Locks nothing.
create or replace function absurd.get_task_checkpoint_states(p_queue_name text, p_task_id uuid, p_run_id uuid)
returns table (checkpoint_name text, state jsonb, status text, owner_run_id uuid, updated_at timestamptz)
language plpgsql
as $$
declare
  v_run record;
begin
  execute format('select r.task_id, r.attempt from absurd.%I r where r.run_id = $1', 'r_' || p_queue_name)
  into v_run
  using p_run_id;

  if v_run.attempt is null then
    raise exception 'Run "%" not found in queue "%"', p_run_id, p_queue_name;
  end if;
  if v_run.task_id is distinct from p_task_id then
    raise exception 'Run "%" does not belong to task "%" in queue "%"', p_run_id, p_task_id, p_queue_name;
  end if;

  return query execute format(
    $sql$
      select c.checkpoint_name, c.state, c.status, c.owner_run_id, c.updated_at
      from absurd.%I c
      left join absurd.%I o on o.run_id = any (array[c.owner_run_id])
      where c.task_id = $1
        and c.status = 'committed'
        and (o.attempt is null or o.attempt <= $2)
      order by c.updated_at, c.checkpoint_name
    $sql$,
    'c_' || p_queue_name, 'r_' || p_queue_name
  )
  using p_task_id, v_run.attempt;
end;
$$;

-- Returns the state and outcome of one task: the result only if it completed, the last run's failure reason only if it
-- failed. No row for an unknown task. Locks nothing.
create or replace function absurd.get_task_result(p_queue_name text, p_task_id uuid)
returns table (task_id uuid, state text, result jsonb, failure_reason jsonb)
language plpgsql
as $$
declare
  v_completed_payload jsonb;
  v_last_run uuid;
begin
  perform absurd.validate_queue_name(p_queue_name);
  execute format(
    'select t.task_id, t.state, t.completed_payload, t.last_attempt_run from absurd.%I t where t.task_id = $1',
    't_' || p_queue_name
  )
  into task_id, state, v_completed_payload, v_last_run
  using p_task_id;
  if state is null then
    return;
  end if;
  if state = 'completed' then
    result := v_completed_payload;
  elsif state = 'failed' then
    execute format('select r.failure_reason from absurd.%I r where r.run_id = $1', 'r_' || p_queue_name)
    into failure_reason
    using v_last_run;
  end if;
  return next;
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
  v_task_id uuid;
  v_state text;
  v_waits oid;
begin
  execute format('select task_id, state from absurd.%I where run_id = $1 for update', 'r_' || p_queue_name)
  into v_task_id, v_state
  using p_run_id;

  if v_state is distinct from 'running' then
    if v_state is null then
      raise exception 'Run "%" not found in queue "%"', p_run_id, p_queue_name;
    elsif v_state = 'cancelled' then
      raise exception 'Task has been cancelled' using errcode = 'AB001';
    elsif v_state = 'failed' then
      raise exception 'Run "%" has already failed in queue "%"', p_run_id, p_queue_name using errcode = 'AB002';
    end if;
    raise exception 'Run "%" is not currently running in queue "%"', p_run_id, p_queue_name;
  end if;

  execute 'update absurd.' || quote_ident('r_' || p_queue_name) || $sql$
    set state = 'completed', completed_at = $2, result = $3
    where run_id = $1
  $sql$
  using p_run_id, v_now, p_state;

  execute 'update absurd.' || quote_ident('t_' || p_queue_name) || $sql$
    set state = 'completed', completed_payload = $2, last_attempt_run = $3
    where task_id = $1
  $sql$
  using v_task_id, p_state, p_run_id;

  v_waits := to_regclass('absurd.' || quote_ident('w_' || p_queue_name));
  if (pg_relation_size(v_waits) = 0 and pg_relation_filenode(v_waits) is not null) is not true then
    execute 'delete from absurd.' || quote_ident('w_' || p_queue_name) || ' where run_id = $1'
    using p_run_id;
  end if;
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
  v_task_id uuid;
  v_state text;
  v_attempt integer;
  v_task record;
  v_outcome text := 'failed';
  v_retry boolean;
  v_max_duration bigint;
  v_next timestamptz;
  v_next_run uuid;
  v_waits oid;
begin
  execute format('select task_id, state, attempt from absurd.%I where run_id = $1 for update', 'r_' || p_queue_name)
  into v_task_id, v_state, v_attempt
  using p_run_id;

  if (v_state in ('running', 'sleeping')) is not true then
    if v_state = 'cancelled' then
      raise exception 'Task has been cancelled' using errcode = 'AB001';
    elsif v_state = 'failed' then
      raise exception 'Run "%" has already failed in queue "%"', p_run_id, p_queue_name using errcode = 'AB002';
    end if;
    raise exception 'Run "%" cannot be failed in queue "%"', p_run_id, p_queue_name;
  end if;

  execute 'select retry_strategy, max_attempts, first_started_at, cancellation from absurd.'
    || quote_ident('t_' || p_queue_name) || ' where task_id = $1 for update'
  into v_task
  using v_task_id;

  v_retry := v_task.max_attempts is null or v_attempt < v_task.max_attempts;
  if v_retry then
    -- Cast before the delay is computed: a limit that is not a bigint raises 22P02 even if the strategy is invalid.
    v_max_duration := (v_task.cancellation ->> 'max_duration')::bigint;
    v_next := coalesce(p_retry_at, case when v_task.retry_strategy is null then v_now end);
    if v_next is null then
      -- A block that can fail costs a subtransaction.
      begin
        v_next := v_now
          + make_interval(secs => absurd.retry_delay_seconds(v_task.retry_strategy, v_attempt));
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

  execute 'update absurd.' || quote_ident('r_' || p_queue_name) || $sql$
    set state = 'failed', wake_event = null, failed_at = $2, failure_reason = $3
    where run_id = $1
  $sql$
  using p_run_id, v_now, p_reason;

  if v_next_run is not null then
    execute 'insert into absurd.' || quote_ident('r_' || p_queue_name) || $sql$
      (run_id, task_id, attempt, state, available_at) values ($1, $2, $3, $4, $5)
    $sql$
    using v_next_run, v_task_id, v_attempt + 1, v_outcome, v_next;
  end if;

  execute 'update absurd.' || quote_ident('t_' || p_queue_name) || $sql$
    set state = $2, attempts = greatest(attempts, $3), last_attempt_run = $4,
        cancelled_at = case when $2 = 'cancelled' then coalesce(cancelled_at, $5) else cancelled_at end
    where task_id = $1
  $sql$
  using
    v_task_id, v_outcome, case when v_next_run is null then v_attempt else v_attempt + 1 end,
    coalesce(v_next_run, p_run_id), v_now;

  v_waits := to_regclass('absurd.' || quote_ident('w_' || p_queue_name));
  if (pg_relation_size(v_waits) = 0 and pg_relation_filenode(v_waits) is not null) is not true then
    execute 'delete from absurd.' || quote_ident('w_' || p_queue_name) || ' where run_id = $1'
    using p_run_id;
  end if;
end;
$$;

-- Cancels a task and its active run. Silent for a task that has ended already. A worker that still executes the run gets
-- AB001 from its next call.
--
-- Locks: the task's active runs FOR UPDATE in the order of their ids, then the task FOR UPDATE.
create or replace function absurd.cancel_task(p_queue_name text, p_task_id uuid)
returns void
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_state text;
  v_waits oid;
begin
  execute format(
    $sql$
      select from absurd.%I
      where task_id = $1 and (state in ('pending', 'running', 'sleeping')) is true
      order by run_id
      for update
    $sql$,
    'r_' || p_queue_name
  )
  using p_task_id;

  execute 'select state from absurd.' || quote_ident('t_' || p_queue_name) || ' where task_id = $1 for update'
  into v_state
  using p_task_id;

  if v_state is null then
    raise exception 'Task "%" not found in queue "%"', p_task_id, p_queue_name;
  end if;
  if v_state in ('completed', 'failed', 'cancelled') then
    return;
  end if;

  execute 'update absurd.' || quote_ident('r_' || p_queue_name) || $sql$
    set state = 'cancelled', claimed_by = null, claim_expires_at = null
    where task_id = $1 and (state in ('pending', 'running', 'sleeping')) is true
  $sql$
  using p_task_id;

  execute 'update absurd.' || quote_ident('t_' || p_queue_name) || $sql$
    set state = 'cancelled', cancelled_at = coalesce(cancelled_at, $2)
    where task_id = $1
  $sql$
  using p_task_id, v_now;

  v_waits := to_regclass('absurd.' || quote_ident('w_' || p_queue_name));
  if (pg_relation_size(v_waits) = 0 and pg_relation_filenode(v_waits) is not null) is not true then
    execute 'delete from absurd.' || quote_ident('w_' || p_queue_name) || ' where task_id = $1'
    using p_task_id;
  end if;
end;
$$;

-- Gives a failed task another attempt: in place, with its checkpoints and key (created = false), or, with `spawn_new`, as
-- a new task without the key (created = true); the old one is then unchanged.
--
-- Locks: the task FOR UPDATE. No run: a failed task has no active one that another session could hold.
create or replace function absurd.retry_task(p_queue_name text, p_task_id uuid, p_options jsonb default '{}')
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
    'insert into absurd.%I (run_id, task_id, attempt, state, available_at) values ($1, $2, $3, ''pending'', $4)',
    'r_' || p_queue_name
  )
  using v_run_id, p_task_id, v_task.attempts + 1, v_now;
  execute format(
    $sql$
      update absurd.%I t
      set state = 'pending', attempts = $2, max_attempts = $3, last_attempt_run = $4, cancelled_at = null
      where t.task_id = $1
    $sql$,
    't_' || p_queue_name
  )
  using p_task_id, v_task.attempts + 1, v_max_attempts, v_run_id;

  return query select p_task_id, v_run_id, v_task.attempts + 1, false;
end;
$$;
