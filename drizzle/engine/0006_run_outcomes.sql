-- How a run ends or is put aside: completed, failed, scheduled for later, cancelled; and how its lease is kept.
-- All of them lock the run before its task. That one order is what keeps a cancel from deadlocking with a
-- completion.
--
-- `(...) is true` around a condition on a run's state keeps the planner from index {r}_sai: with statistics from a
-- quiet moment it would take a state for rarer than a key, and read every run in that state to find one.

-- Finishes a running run and its task with a result. A lease that expired but was not swept yet does not matter.
-- Locks: the run FOR UPDATE, then the task by its update; then the run's waits are deleted.
create function absurd.complete_run(p_queue_name text, p_run_id uuid, p_state jsonb default null)
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
    $sql$
      with run as (
        update absurd.%I r
        set state = 'completed', completed_at = $4, result = $3
        where r.run_id = $1
      ), task as (
        update absurd.%I t
        set state = 'completed', completed_payload = $3, last_attempt_run = $1
        where t.task_id = $2
      )
      delete from absurd.%I w where w.run_id = $1
    $sql$,
    'r_' || p_queue_name, 't_' || p_queue_name, 'w_' || p_queue_name
  )
  using p_run_id, v_run.task_id, p_state, v_now;
end;
$$;

-- Puts a running run to sleep until p_wake_at (also in the past, or infinity). It stays the same run and attempt.
-- Locks: the run FOR UPDATE if it is running, then the task by its update.
create function absurd.schedule_run(p_queue_name text, p_run_id uuid, p_wake_at timestamptz)
returns void
language plpgsql
as $$
declare
  v_task_id uuid;
begin
  execute format(
    'select r.task_id from absurd.%I r where r.run_id = $1 and (r.state = ''running'') is true for update',
    'r_' || p_queue_name
  )
  into v_task_id
  using p_run_id;

  if v_task_id is null then
    raise exception 'Run "%" is not currently running in queue "%"', p_run_id, p_queue_name;
  end if;

  execute format(
    $sql$
      with run as (
        update absurd.%I r
        set state = 'sleeping', claimed_by = null, claim_expires_at = null, available_at = $3, wake_event = null
        where r.run_id = $1
      )
      update absurd.%I t set state = 'sleeping' where t.task_id = $2
    $sql$,
    'r_' || p_queue_name, 't_' || p_queue_name
  )
  using p_run_id, v_task_id, p_wake_at;
end;
$$;

-- Fails a running or sleeping run and decides what becomes of its task: another run now or later, by p_retry_at or
-- else by the task's retry strategy; failed, when the attempts are used up or the stored strategy is invalid;
-- cancelled, when the next attempt would begin at or after the end of max_duration.
--
-- Locks: the run FOR UPDATE, then the task FOR UPDATE; then writes run, new run, task and waits.
create function absurd.fail_run(
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
    v_next := p_retry_at;
    if v_next is null then
      begin
        v_next := v_now
          + make_interval(secs => absurd.retry_delay_seconds(v_task.retry_strategy, v_run.attempt));
      exception
        -- A strategy stored before strategies were checked: no retry can be computed from it, now or ever.
        when sqlstate 'AB003' then
          v_retry := false;
      end;
    end if;
    v_next := greatest(v_next, v_now);
  end if;

  if v_retry then
    if (v_task.cancellation ->> 'max_duration')::bigint
      <= extract(epoch from v_next) - extract(epoch from v_task.first_started_at) then
      v_outcome := 'cancelled';
    else
      v_outcome := case when v_next > v_now then 'sleeping' else 'pending' end;
      v_next_run := absurd.portable_uuidv7();
    end if;
  end if;

  execute format(
    $sql$
      with failed as (
        update absurd.%1$I r
        set state = 'failed', wake_event = null, failed_at = $3, failure_reason = $4
        where r.run_id = $1
      ), retry as (
        insert into absurd.%1$I (run_id, task_id, attempt, state, available_at)
        select $5, $2, $6 + 1, $7, $8
        where $5 is not null
      ), task as (
        update absurd.%2$I t
        set state = $7,
            attempts = greatest(t.attempts, case when $5 is null then $6 else $6 + 1 end),
            last_attempt_run = coalesce($5, $1),
            cancelled_at = case when $7 = 'cancelled' then coalesce(t.cancelled_at, $3) else t.cancelled_at end
        where t.task_id = $2
      )
      delete from absurd.%3$I w where w.run_id = $1
    $sql$,
    'r_' || p_queue_name, 't_' || p_queue_name, 'w_' || p_queue_name
  )
  using p_run_id, v_run.task_id, v_now, p_reason, v_next_run, v_run.attempt, v_outcome, v_next;
end;
$$;

-- Cancels a task and its active run. Silent for a task that has ended already. A worker that still executes the
-- run learns of it as AB001 from its next call.
--
-- Locks: the task's active runs FOR UPDATE in the order of their ids, then the task FOR UPDATE.
create function absurd.cancel_task(p_queue_name text, p_task_id uuid)
returns void
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_state text;
begin
  execute format(
    $sql$
      select from absurd.%I r
      where r.task_id = $1 and (r.state in ('pending', 'running', 'sleeping')) is true
      order by r.run_id
      for update
    $sql$,
    'r_' || p_queue_name
  )
  using p_task_id;

  execute format('select t.state from absurd.%I t where t.task_id = $1 for update', 't_' || p_queue_name)
  into v_state
  using p_task_id;

  if v_state is null then
    raise exception 'Task "%" not found in queue "%"', p_task_id, p_queue_name;
  end if;
  if v_state in ('completed', 'failed', 'cancelled') then
    return;
  end if;

  execute format(
    $sql$
      with task as (
        update absurd.%2$I t
        set state = 'cancelled', cancelled_at = coalesce(t.cancelled_at, $2)
        where t.task_id = $1
      ), run as (
        update absurd.%1$I r
        set state = 'cancelled', claimed_by = null, claim_expires_at = null
        where r.task_id = $1 and (r.state in ('pending', 'running', 'sleeping')) is true
      )
      delete from absurd.%3$I w where w.task_id = $1
    $sql$,
    'r_' || p_queue_name, 't_' || p_queue_name, 'w_' || p_queue_name
  )
  using p_task_id, v_now;
end;
$$;

-- Moves the end of a running run's lease to p_extend_by seconds from now, which can also be earlier than it was. A
-- lease that has expired but was not swept yet can be saved.
--
-- Locks: the run, then its task, FOR UPDATE.
create function absurd.extend_claim(p_queue_name text, p_run_id uuid, p_extend_by integer)
returns void
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_row record;
begin
  if p_extend_by is null or p_extend_by <= 0 then
    raise exception 'extend_by must be > 0';
  end if;

  execute format(
    $sql$
      select r.state, r.claim_expires_at, t.state as task_state
      from absurd.%I r
      join absurd.%I t on t.task_id = r.task_id
      where r.run_id = $1
      for update
    $sql$,
    'r_' || p_queue_name, 't_' || p_queue_name
  )
  into v_row
  using p_run_id;

  if v_row.state is null then
    raise exception 'Run "%" not found in queue "%"', p_run_id, p_queue_name;
  end if;
  if v_row.task_state = 'cancelled' then
    raise exception 'Task has been cancelled' using errcode = 'AB001';
  end if;
  if v_row.state = 'failed' then
    raise exception 'Run "%" has already failed in queue "%"', p_run_id, p_queue_name using errcode = 'AB002';
  end if;
  if v_row.state <> 'running' then
    raise exception 'Run "%" is not currently running in queue "%"', p_run_id, p_queue_name;
  end if;
  if v_row.claim_expires_at is null then
    raise exception 'Run "%" does not have an active claim in queue "%"', p_run_id, p_queue_name;
  end if;

  execute format('update absurd.%I r set claim_expires_at = $2 where r.run_id = $1', 'r_' || p_queue_name)
  using p_run_id, v_now + make_interval(secs => p_extend_by);
end;
$$;
