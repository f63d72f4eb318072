-- The policy of a queue: how long finished work is kept, and how partitions are made and detached.

-- The policy of one queue; no row for a queue that does not exist.
create function absurd.get_queue_policy(p_queue_name text)
returns table (
  queue_name text,
  storage_mode text,
  default_partition text,
  partition_lookahead interval,
  partition_lookback interval,
  cleanup_ttl interval,
  cleanup_limit integer,
  detach_mode text,
  detach_min_age interval
)
language sql
as $$
  select
    q.queue_name, q.storage_mode, q.default_partition, q.partition_lookahead, q.partition_lookback,
    q.cleanup_ttl, q.cleanup_limit, q.detach_mode, q.detach_min_age
  from absurd.queues q
  where q.queue_name = p_queue_name;
$$;

-- Lays the given keys over the queue's policy; keys that are not given stay. Either all of it takes effect or
-- none. Locks: the queue's row FOR UPDATE; when the default partition is switched off, then each default partition
-- ACCESS EXCLUSIVE, so that no row can arrive between the look whether it is empty and the drop.
create function absurd.set_queue_policy(p_queue_name text, p_policy jsonb)
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
  from jsonb_object_keys(v_policy) as k(key)
  where k.key not in (
    'partition_lookahead', 'partition_lookback', 'cleanup_ttl', 'cleanup_limit',
    'detach_mode', 'detach_min_age', 'default_partition'
  )
  order by k.key
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

  -- A NULL passes these checks and is refused by the columns below.
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
