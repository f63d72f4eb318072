-- Generation 0.5.1 of four functions. Everything in this file can be run again.

-- The release whose behaviour this schema has; absurdctl plans migrations by it.
create or replace function absurd.get_schema_version()
returns text
language sql
as $$
  select '0.5.1'::text;
$$;

-- The smallest UUIDv7 of the millisecond that contains p_ts: a bound for ranges over ids. Raises P0001 outside of the
-- 48 bits of milliseconds that a UUIDv7 has, 0A000 for an infinite timestamp.
create or replace function absurd.uuidv7_floor(p_ts timestamptz)
returns uuid
language plpgsql
immutable strict
as $$
declare
  v_millis bigint := floor(extract(epoch from p_ts) * 1000);
begin
  if v_millis < 0 or v_millis > 281474976710655 then
    raise exception 'Timestamp "%" is outside UUIDv7 supported range', p_ts;
  end if;
  return (lpad(to_hex(v_millis), 12, '0') || '70008000000000000000')::uuid;
end;
$$;

-- Merges the given keys into the queue's policy; the other keys keep their values. All of it takes effect or nothing.
-- An unknown key is refused, the first one in the order of jsonb (shorter keys first).
--
-- Locks: the queue's row FOR UPDATE; when the default partition is disabled, then each default partition ACCESS
-- EXCLUSIVE, so that no row can arrive between the check that it is empty and the drop.
create or replace function absurd.set_queue_policy(p_queue_name text, p_policy jsonb)
returns void
language plpgsql
as $$
declare
  v_policy jsonb := coalesce(p_policy, '{}'::jsonb);
  v_unknown text;
  v_old absurd.queues%rowtype;
  v_new absurd.queues%rowtype;
  v_prefix text;
  v_parent text;
  v_child text;
  v_has_row boolean;
begin
  perform absurd.validate_queue_name(p_queue_name);
  if jsonb_typeof(v_policy) <> 'object' then
    raise exception 'Queue policy must be a JSON object';
  end if;

  select k.key into v_unknown
  from jsonb_object_keys(v_policy) with ordinality as k(key, position)
  where k.key not in (
    'partition_lookahead', 'partition_lookback', 'cleanup_ttl', 'cleanup_limit',
    'detach_mode', 'detach_min_age', 'default_partition'
  )
  order by k.position
  limit 1;
  if found then
    raise exception 'Unsupported queue policy key "%"', v_unknown;
  end if;

  select q.* into v_old from absurd.queues q where q.queue_name = p_queue_name for update;
  if not found then
    raise exception 'Queue "%" does not exist', p_queue_name;
  end if;

  v_new := v_old;
  if v_policy ? 'partition_lookahead' then
    v_new.partition_lookahead := (v_policy ->> 'partition_lookahead')::interval;
  end if;
  if v_policy ? 'partition_lookback' then
    v_new.partition_lookback := (v_policy ->> 'partition_lookback')::interval;
  end if;
  if v_policy ? 'cleanup_ttl' then
    v_new.cleanup_ttl := (v_policy ->> 'cleanup_ttl')::interval;
  end if;
  if v_policy ? 'cleanup_limit' then
    v_new.cleanup_limit := (v_policy ->> 'cleanup_limit')::integer;
  end if;
  if v_policy ? 'detach_mode' then
    v_new.detach_mode := coalesce(lower(trim(v_policy ->> 'detach_mode')), '');
  end if;
  if v_policy ? 'detach_min_age' then
    v_new.detach_min_age := (v_policy ->> 'detach_min_age')::interval;
  end if;
  if v_policy ? 'default_partition' then
    v_new.default_partition := coalesce(lower(trim(v_policy ->> 'default_partition')), '');
  end if;

  -- A NULL passes these checks; the columns' NOT NULL refuses it below.
  if v_new.partition_lookahead < interval '0 seconds' then
    raise exception 'partition_lookahead must be non-negative';
  end if;
  if v_new.partition_lookback < interval '0 seconds' then
    raise exception 'partition_lookback must be non-negative';
  end if;
  if v_new.cleanup_ttl < interval '0 seconds' then
    raise exception 'cleanup_ttl must be non-negative';
  end if;
  if v_new.cleanup_limit < 1 then
    raise exception 'cleanup_limit must be at least 1';
  end if;
  if v_new.detach_mode not in ('none', 'empty') then
    raise exception 'Unsupported detach mode "%"', v_new.detach_mode;
  end if;
  if v_new.detach_min_age < interval '0 seconds' then
    raise exception 'detach_min_age must be non-negative';
  end if;
  if v_new.default_partition not in ('enabled', 'disabled') then
    raise exception 'Unsupported default_partition mode "%"', v_new.default_partition;
  end if;
  if v_policy ? 'default_partition' and v_old.storage_mode <> 'partitioned' then
    raise exception 'default_partition policy is only supported for partitioned queues';
  end if;

  update absurd.queues q
  set default_partition = v_new.default_partition,
      partition_lookahead = v_new.partition_lookahead,
      partition_lookback = v_new.partition_lookback,
      cleanup_ttl = v_new.cleanup_ttl,
      cleanup_limit = v_new.cleanup_limit,
      detach_mode = v_new.detach_mode,
      detach_min_age = v_new.detach_min_age
  where q.queue_name = p_queue_name;

  if v_new.default_partition = v_old.default_partition then
    return;
  end if;
  if v_new.default_partition = 'enabled' then
    perform absurd.ensure_partitions(p_queue_name);
    return;
  end if;

  foreach v_prefix in array array['t_', 'r_', 'c_', 'w_'] loop
    v_parent := v_prefix || p_queue_name;
    v_child := v_parent || '_d';
    if exists (
      select from pg_inherits i
      where i.inhrelid = to_regclass(format('absurd.%I', v_child))
        and i.inhparent = to_regclass(format('absurd.%I', v_parent))
    ) then
      execute format('lock table absurd.%I in access exclusive mode', v_child);
      execute format('select exists (select from absurd.%I)', v_child) into v_has_row;
      if v_has_row then
        raise exception 'Cannot disable default_partition for queue "%": default partition "%" is not empty',
          p_queue_name, v_child;
      end if;
      execute format('alter table absurd.%I detach partition absurd.%I', v_parent, v_child);
      execute format('drop table absurd.%I', v_child);
    end if;
  end loop;
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
