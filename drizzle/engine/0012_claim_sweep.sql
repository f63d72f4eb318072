-- Generation 0.5.1 of claim_task: how workers get runs. Every poll also does the queue's housekeeping, since nothing
-- else runs on its own.
--
-- Statements on a table whose name is an argument are planned at every call, and on an idle server planning is most of
-- the cost of a poll. Hence small statements, one per step; steps are skipped when they have nothing to do; and
-- `x = any (array[y])` for a join on a key, which leaves the planner only the look-up by key and halves planning time.

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

  -- Up to 16 tasks are looked up by id, whether they have an active run or not. With more, most of them finished, the
  -- sweep starts from the active runs, so that its cost does not grow with the history. Only a task whose runs were
  -- changed by hand is active without an active run; one poll in a hundred also looks for those, among the 1,000
  -- oldest, where such a task arrives once older tasks have been cleaned up.
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

  if v_many then
    for v_overdue in execute format(
      $sql$
        select t.task_id
        from absurd.%I t
        join absurd.%I r on r.task_id = t.task_id
        where t.cancellation is not null
          and t.state in ('pending', 'sleeping', 'running')
          and r.state in ('pending', 'sleeping', 'running')
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
      't_' || p_queue_name, 'r_' || p_queue_name
    )
    using v_now
    loop
      perform absurd.cancel_task(p_queue_name, v_overdue);
    end loop;
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
