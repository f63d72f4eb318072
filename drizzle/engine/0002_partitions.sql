-- Weekly partitions of the partitioned queues.

-- Creates the partitions that are missing: the default one where the policy wants it, and one a week from (now -
-- lookback) through (now + lookahead), for tasks, runs, checkpoints and waits. NULL means every partitioned queue,
-- by name; an unpartitioned queue is left alone. Locks: each new partition locks its parent (ACCESS EXCLUSIVE on
-- an existing default partition, which PostgreSQL scans for rows of the new week: 23514 when it holds one).
create function absurd.ensure_partitions(p_queue_name text default null)
returns void
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_queue record;
  v_prefix text;
  v_week timestamptz;
  v_last timestamptz;
  v_parent text;
  v_child text;
begin
  if p_queue_name is not null then
    perform absurd.validate_queue_name(p_queue_name);
    if not exists (select from absurd.queues q where q.queue_name = p_queue_name) then
      raise exception 'Queue "%" does not exist', p_queue_name;
    end if;
  end if;

  for v_queue in
    select q.queue_name, q.default_partition, q.partition_lookahead, q.partition_lookback
    from absurd.queues q
    where q.storage_mode = 'partitioned'
      and (p_queue_name is null or q.queue_name = p_queue_name)
    order by q.queue_name
  loop
    if v_queue.default_partition = 'enabled' then
      foreach v_prefix in array array['t_', 'r_', 'c_', 'w_'] loop
        v_parent := v_prefix || v_queue.queue_name;
        v_child := v_parent || '_d';
        -- Looked up first only to spare the caller a notice for each partition that is there.
        if to_regclass(format('absurd.%I', v_child)) is null then
          execute format(
            'create table if not exists absurd.%I partition of absurd.%I default',
            v_child, v_parent
          );
        end if;
      end loop;
    end if;

    v_week := absurd.week_bucket_utc(v_now - v_queue.partition_lookback);
    v_last := absurd.week_bucket_utc(v_now + v_queue.partition_lookahead);
    while v_week <= v_last loop
      foreach v_prefix in array array['t_', 'r_', 'c_', 'w_'] loop
        v_parent := v_prefix || v_queue.queue_name;
        v_child := v_parent || '_' || absurd.partition_week_tag(v_week);
        if to_regclass(format('absurd.%I', v_child)) is null then
          execute format(
            'create table if not exists absurd.%I partition of absurd.%I for values from (%L) to (%L)',
            v_child, v_parent,
            absurd.uuidv7_floor(v_week),
            -- In hours: a day of the session's time zone can have 23 or 25 of them.
            absurd.uuidv7_floor(v_week + interval '168 hours')
          );
        end if;
      end loop;
      v_week := v_week + interval '168 hours';
    end loop;
  end loop;
end;
$$;
