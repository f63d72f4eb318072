-- Reading results, and forgetting what is old.

-- State and outcome of one task: the result only when it completed, the last run's failure reason only when it
-- failed. No row for an unknown task. Locks nothing.
create function absurd.get_task_result(p_queue_name text, p_task_id uuid)
returns table (task_id uuid, state text, result jsonb, failure_reason jsonb)
language plpgsql
as $$
begin
  perform absurd.validate_queue_name(p_queue_name);
  return query execute format(
    $sql$
      select
        t.task_id,
        t.state,
        case when t.state = 'completed' then t.completed_payload end,
        case when t.state = 'failed' then r.failure_reason end
      from absurd.%I t
      left join absurd.%I r on r.run_id = t.last_attempt_run and t.state = 'failed'
      where t.task_id = $1
    $sql$,
    't_' || p_queue_name, 'r_' || p_queue_name
  )
  using p_task_id;
end;
$$;

-- Deletes up to p_limit tasks that ended more than p_ttl_seconds ago, the longest ended first, with their runs,
-- checkpoints, waits and idempotency keys; returns how many tasks. No limit when p_limit is NULL. A task that was
-- retried in the meantime stays, as does one whose last run is missing.
--
-- Locks: the rows it deletes, each task first.
create function absurd.cleanup_tasks(p_queue_name text, p_ttl_seconds integer, p_limit integer default 1000)
returns integer
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_keys text := '';
  v_deleted integer;
begin
  if p_ttl_seconds is null or p_ttl_seconds < 0 then
    raise exception 'TTL must be a non-negative number of seconds';
  end if;

  if to_regclass(format('absurd.%I', 'i_' || p_queue_name)) is not null then
    v_keys := format(
      ', key as (delete from absurd.%I i using task where i.task_id = task.task_id)',
      'i_' || p_queue_name
    );
  end if;

  execute format(
    $sql$
      with ended as (
        select
          t.task_id,
          case t.state
            when 'completed' then r.completed_at
            when 'failed' then r.failed_at
            when 'cancelled' then t.cancelled_at
          end as ended_at
        from absurd.%1$I t
        join absurd.%2$I r on r.run_id = t.last_attempt_run
        where t.state in ('completed', 'failed', 'cancelled')
      ), old as materialized (
        select ended.task_id from ended
        where ended.ended_at < $1
        order by ended.ended_at, ended.task_id
        limit $2
      ), task as (
        -- The state is asked again: a retry may have revived the task since the snapshot.
        delete from absurd.%1$I t
        using old
        where t.task_id = old.task_id and t.state in ('completed', 'failed', 'cancelled')
        returning t.task_id
      ), wait as (
        delete from absurd.%4$I w using task where w.task_id = task.task_id
      ), checkpoint as (
        delete from absurd.%3$I c using task where c.task_id = task.task_id
      ), run as (
        delete from absurd.%2$I r using task where r.task_id = task.task_id
      )%5$s
      select count(*) from task
    $sql$,
    't_' || p_queue_name, 'r_' || p_queue_name, 'c_' || p_queue_name, 'w_' || p_queue_name, v_keys
  )
  into v_deleted
  using v_now - make_interval(secs => p_ttl_seconds), p_limit;
  return v_deleted;
end;
$$;

-- Deletes up to p_limit events emitted more than p_ttl_seconds ago, the oldest first; returns how many. Sentinels
-- carry the epoch and so go first; a run that waits on one is woken all the same, for its wait stays.
--
-- Locks: the rows it deletes.
create function absurd.cleanup_events(p_queue_name text, p_ttl_seconds integer, p_limit integer default 1000)
returns integer
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_deleted integer;
begin
  if p_ttl_seconds is null or p_ttl_seconds < 0 then
    raise exception 'TTL must be a non-negative number of seconds';
  end if;

  execute format(
    $sql$
      with old as materialized (
        select e.event_name from absurd.%1$I e
        where e.emitted_at < $1
        order by e.emitted_at, e.event_name
        limit $2
      ), event as (
        -- The time is asked again: a sentinel may have become a fresh event since the snapshot.
        delete from absurd.%1$I e
        using old
        where e.event_name = old.event_name and e.emitted_at < $1
        returning true
      )
      select count(*) from event
    $sql$,
    'e_' || p_queue_name
  )
  into v_deleted
  using v_now - make_interval(secs => p_ttl_seconds), p_limit;
  return v_deleted;
end;
$$;

-- One batch of both clean-ups for one queue, or for every queue by name, with the limits of each queue's policy.
-- Call it again until it deletes nothing.
create function absurd.cleanup_all_queues(p_queue_name text default null)
returns table (queue_name text, tasks_deleted integer, events_deleted integer)
language plpgsql
as $$
declare
  v_queue record;
  v_ttl integer;
begin
  if p_queue_name is not null then
    perform absurd.validate_queue_name(p_queue_name);
    if not exists (select from absurd.queues q where q.queue_name = p_queue_name) then
      raise exception 'Queue "%" does not exist', p_queue_name;
    end if;
  end if;

  for v_queue in
    select q.queue_name, q.cleanup_ttl, q.cleanup_limit
    from absurd.queues q
    where p_queue_name is null or q.queue_name = p_queue_name
    order by q.queue_name
  loop
    v_ttl := greatest(floor(extract(epoch from v_queue.cleanup_ttl))::integer, 0);
    queue_name := v_queue.queue_name;
    tasks_deleted := absurd.cleanup_tasks(v_queue.queue_name, v_ttl, v_queue.cleanup_limit);
    events_deleted := absurd.cleanup_events(v_queue.queue_name, v_ttl, v_queue.cleanup_limit);
    return next;
  end loop;
end;
$$;
