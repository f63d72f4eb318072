-- Checkpoints: named results of a task's steps, which later runs of the task find instead of doing the step again.

-- Stores the result of a step, and with a positive p_extend_claim_by renews the owner's lease. A result of a later
-- attempt is never overwritten by an earlier one: such a write is ignored without an error. Refused are only
-- writers that must stop: AB001 when their task was cancelled, AB002 when their run has failed.
--
-- Locks: none up front. With an extension the run's row by its update, so that this waits for whoever holds it;
-- without, a held run does not matter.
create function absurd.set_task_checkpoint_state(
  p_queue_name text,
  p_task_id uuid,
  p_step_name text,
  p_state jsonb,
  p_owner_run uuid,
  p_extend_claim_by integer default null
)
returns void
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_owner record;
begin
  if p_step_name is null or length(trim(p_step_name)) = 0 then
    raise exception 'step_name must be provided';
  end if;

  execute format(
    $sql$
      select r.attempt, r.state, t.state as task_state
      from absurd.%I r
      join absurd.%I t on t.task_id = r.task_id
      where r.run_id = $1
    $sql$,
    'r_' || p_queue_name, 't_' || p_queue_name
  )
  into v_owner
  using p_owner_run;

  if v_owner.state is null then
    raise exception 'Run "%" not found for checkpoint', p_owner_run;
  end if;
  if v_owner.task_state = 'cancelled' then
    raise exception 'Task has been cancelled' using errcode = 'AB001';
  end if;
  if v_owner.state = 'failed' then
    raise exception 'Run "%" has already failed in queue "%"', p_owner_run, p_queue_name using errcode = 'AB002';
  end if;

  if p_extend_claim_by > 0 then
    execute format(
      $sql$
        update absurd.%I r
        set claim_expires_at = $2
        where r.run_id = $1 and (r.state = 'running') is true and r.claim_expires_at is not null
      $sql$,
      'r_' || p_queue_name
    )
    using p_owner_run, v_now + make_interval(secs => p_extend_claim_by);
  end if;

  execute format(
    $sql$
      insert into absurd.%I as c (task_id, checkpoint_name, state, status, owner_run_id, updated_at)
      values ($1, $2, $3, 'committed', $4, $5)
      on conflict (task_id, checkpoint_name) do update
      set state = excluded.state,
          status = excluded.status,
          owner_run_id = excluded.owner_run_id,
          updated_at = excluded.updated_at
      where coalesce((select o.attempt from absurd.%I o where o.run_id = c.owner_run_id) <= $6, true)
    $sql$,
    'c_' || p_queue_name, 'r_' || p_queue_name
  )
  using p_task_id, p_step_name, p_state, p_owner_run, v_now, v_owner.attempt;
end;
$$;

-- The checkpoint of one step, whoever wrote it; no row when there is none. Locks nothing.
create function absurd.get_task_checkpoint_state(
  p_queue_name text,
  p_task_id uuid,
  p_step_name text,
  p_include_pending boolean default false
)
returns table (checkpoint_name text, state jsonb, status text, owner_run_id uuid, updated_at timestamptz)
language plpgsql
as $$
begin
  return query execute format(
    $sql$
      select c.checkpoint_name, c.state, c.status, c.owner_run_id, c.updated_at
      from absurd.%I c
      where c.task_id = $1 and c.checkpoint_name = $2 and (c.status = 'committed' or $3)
    $sql$,
    'c_' || p_queue_name
  )
  using p_task_id, p_step_name, p_include_pending;
end;
$$;

-- What a run may reuse: the task's checkpoints, except those of later attempts, in the order they were written.
-- Locks nothing.
create function absurd.get_task_checkpoint_states(p_queue_name text, p_task_id uuid, p_run_id uuid)
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
      left join absurd.%I o on o.run_id = c.owner_run_id
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
