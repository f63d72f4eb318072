-- Events: write-once values that runs can sleep on.
--
-- An event row with payload NULL is a sentinel: somebody asked for the event and nobody has emitted it. It exists
-- to be locked. An await holds it FOR SHARE until its wait is committed, an emit has to update it: whichever comes
-- first, the other one sees what it did, and no wake-up is lost. Awaits of one event do not block each other.

-- Returns the event's payload, or suspends the run until the event is emitted or p_timeout seconds have passed
-- (should_suspend = true: the worker must stop). The result is kept as the checkpoint of p_step_name; of a
-- timeout, which is reported once as (false, NULL) after the run was claimed again, nothing is kept.
--
-- Locks: the event FOR SHARE, then the run and its task FOR UPDATE.
create function absurd.await_event(
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
      with run as (
        update absurd.%1$I r
        set state = 'sleeping', claimed_by = null, claim_expires_at = null,
            available_at = coalesce($6, 'infinity'), wake_event = $5, event_payload = null
        where r.run_id = $3
      ), task as (
        update absurd.%2$I t set state = 'sleeping' where t.task_id = $2
      )
      insert into absurd.%3$I (task_id, run_id, step_name, event_name, timeout_at, created_at)
      values ($1, $3, $4, $5, $6, $7)
      on conflict (run_id, step_name) do update
      set event_name = excluded.event_name, timeout_at = excluded.timeout_at, created_at = excluded.created_at
    $sql$,
    'r_' || p_queue_name, 't_' || p_queue_name, 'w_' || p_queue_name
  )
  using p_task_id, v_run.task_id, p_run_id, p_step_name, p_event_name, v_deadline, v_now;
  return query select true, null::jsonb;
end;
$$;

-- Emits an event: stores its payload (NULL becomes JSON null) and wakes the runs that sleep on it, each with the
-- payload as the checkpoint of the step that waits. The first emit wins; a later one changes nothing and wakes
-- nobody. A wait that is past its deadline is dropped and its run left to time out.
--
-- Locks: the event's row, then the waiting runs in the order of their ids, then their tasks.
create function absurd.emit_event(p_queue_name text, p_event_name text, p_payload jsonb default null)
returns void
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_payload jsonb := coalesce(p_payload, 'null'::jsonb);
  v_first boolean;
  v_awaited boolean;
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
  execute format(
    'select exists (select from absurd.%I w where w.event_name = $1)',
    'w_' || p_queue_name
  )
  into v_awaited
  using p_event_name;
  if not v_awaited then
    return;
  end if;

  execute format(
    $sql$
      with expired as (
        delete from absurd.%4$I w where w.event_name = $1 and w.timeout_at <= $3
      ), waiting as materialized (
        select w.run_id, w.step_name, w.task_id as wait_task_id, r.task_id
        from absurd.%4$I w
        join absurd.%1$I r on r.run_id = w.run_id
        where w.event_name = $1
          and (w.timeout_at is null or w.timeout_at > $3)
          and (r.state = 'sleeping') is true
        order by r.run_id
        for update of r
      ), run as (
        update absurd.%1$I r
        set state = 'pending', claimed_by = null, claim_expires_at = null, available_at = $3,
            wake_event = null, event_payload = $2
        where r.run_id in (select waiting.run_id from waiting)
      ), task as (
        update absurd.%2$I t
        set state = 'pending'
        where t.task_id in (select waiting.task_id from waiting) and t.state = 'sleeping'
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
      where w.run_id = waiting.run_id and w.step_name = waiting.step_name
    $sql$,
    'r_' || p_queue_name, 't_' || p_queue_name, 'c_' || p_queue_name, 'w_' || p_queue_name
  )
  using p_event_name, v_payload, v_now;
end;
$$;
