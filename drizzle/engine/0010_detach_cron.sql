-- Optional upkeep: detaching and dropping old partitions, and pg_cron jobs for all upkeep. The pg_cron functions
-- work only where it is installed; nothing else of the engine needs them.

-- The partitions that may go: of partitioned queues whose detach_mode is 'empty', every weekly partition that
-- ended more than detach_min_age ago and holds no row; oldest first within each of tasks, runs, checkpoints,
-- waits. Locks nothing.
create function absurd.list_detach_candidates(p_queue_name text default null)
returns table (queue_name text, parent_table text, partition_table text)
language plpgsql
as $$
declare
  v_now timestamptz := absurd.current_time();
  v_queue record;
  v_prefix text;
  v_child record;
  v_has_row boolean;
begin
  if p_queue_name is not null then
    perform absurd.validate_queue_name(p_queue_name);
    if not exists (select from absurd.queues q where q.queue_name = p_queue_name) then
      raise exception 'Queue "%" does not exist', p_queue_name;
    end if;
  end if;

  for v_queue in
    select q.queue_name, q.detach_min_age
    from absurd.queues q
    where q.storage_mode = 'partitioned'
      and q.detach_mode = 'empty'
      and (p_queue_name is null or q.queue_name = p_queue_name)
    order by q.queue_name
  loop
    foreach v_prefix in array array['t_', 'r_', 'c_', 'w_'] loop
      for v_child in
        select child.relname, bound.ends_at
        from pg_inherits i
        join pg_class child on child.oid = i.inhrelid
        cross join lateral (
          select absurd.uuidv7_timestamp(
            substring(pg_get_expr(child.relpartbound, child.oid) from 'TO \(''([0-9a-f-]{36})''\)')::uuid
          ) as ends_at
        ) bound
        where i.inhparent = to_regclass(format('absurd.%I', v_prefix || v_queue.queue_name))
          and bound.ends_at < v_now - v_queue.detach_min_age
        order by bound.ends_at, child.relname
      loop
        execute format('select exists (select from absurd.%I)', v_child.relname) into v_has_row;
        if not v_has_row then
          queue_name := v_queue.queue_name;
          parent_table := v_prefix || v_queue.queue_name;
          partition_table := v_child.relname;
          return next;
        end if;
      end loop;
    end loop;
  end loop;
end;
$$;

-- Drops a partition once it is detached, and unschedules the pair of jobs that did it. Returns whether it dropped
-- anything: false while the table is still attached, to be tried again, and false when it is gone already. It
-- drops any unattached table of the schema that it is given. Locks: ACCESS EXCLUSIVE on the table.
create function absurd.drop_detached_partition(
  p_partition_table text,
  p_unschedule_job_name text default null
)
returns boolean
language plpgsql
as $$
declare
  v_table text := trim(p_partition_table);
  v_detach_job text;
  v_relation regclass;
  v_job record;
begin
  if v_table is null or v_table = '' then
    raise exception 'partition table must be provided';
  end if;
  if starts_with(p_unschedule_job_name, 'absurd_drop_run_') then
    v_detach_job := 'absurd_detach_run_' || substr(p_unschedule_job_name, length('absurd_drop_run_') + 1);
  end if;

  v_relation := to_regclass(format('absurd.%I', v_table));
  if v_relation is not null then
    if exists (select from pg_inherits i where i.inhrelid = v_relation) then
      return false;
    end if;
    execute format('drop table absurd.%I', v_table);
  end if;

  if p_unschedule_job_name is not null and to_regclass('cron.job') is not null then
    for v_job in
      select j.jobid, j.jobname::text as jobname
      from cron.job j
      where j.jobname in (v_detach_job, p_unschedule_job_name)
      order by j.jobname
    loop
      if to_regprocedure('cron.unschedule(bigint)') is not null then
        perform cron.unschedule(v_job.jobid);
      else
        perform cron.unschedule(v_job.jobname);
      end if;
    end loop;
  end if;
  return v_relation is not null;
end;
$$;

-- Plans, for each parent table that has no such jobs yet, two pg_cron jobs for its oldest candidate: one detaches
-- the partition, one drops it once it is detached and then removes both jobs. Jobs, because DETACH ...
-- CONCURRENTLY cannot run inside a function. It needs a parent without default partition; with one the detach
-- locks the parent for a moment.
create function absurd.schedule_detach_jobs(p_queue_name text default null)
returns table (job_name text, job_id bigint, queue_name text, partition_table text, job_kind text)
language plpgsql
as $$
declare
  v_scope text;
  v_candidate record;
  v_parent_key text;
  v_suffix text;
  v_concurrently text;
begin
  if p_queue_name is not null then
    perform absurd.validate_queue_name(p_queue_name);
  end if;
  if to_regclass('cron.job') is null then
    raise exception 'pg_cron is not available (missing cron.job)';
  end if;
  if not exists (
    select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'cron' and p.proname = 'schedule'
  ) then
    raise exception 'pg_cron is not available (missing cron.schedule)';
  end if;
  if not exists (
    select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'cron' and p.proname = 'unschedule'
  ) then
    raise exception 'pg_cron is not available (missing cron.unschedule)';
  end if;

  v_scope := case when p_queue_name is null then 'all' else left(md5(p_queue_name), 12) end;

  for v_candidate in
    select distinct on (c.parent_table) c.queue_name, c.parent_table, c.partition_table
    from absurd.list_detach_candidates(p_queue_name)
      with ordinality as c (queue_name, parent_table, partition_table, rank)
    order by c.parent_table, c.rank
  loop
    v_parent_key := left(md5(v_candidate.parent_table), 8);
    if exists (
      select from cron.job j
      where j.jobname ~ ('^absurd_(detach|drop)_run_(all|[0-9a-f]{12})_' || v_parent_key || '_')
    ) then
      continue;
    end if;

    v_suffix := v_scope || '_' || v_parent_key || '_'
      || left(md5(v_candidate.parent_table || ':' || v_candidate.partition_table), 12);
    v_concurrently := case
      when exists (
        select from pg_partitioned_table p
        where p.partrelid = to_regclass(format('absurd.%I', v_candidate.parent_table)) and p.partdefid <> 0
      ) then ''
      else ' concurrently'
    end;
    queue_name := v_candidate.queue_name;
    partition_table := v_candidate.partition_table;

    job_kind := 'detach';
    job_name := 'absurd_detach_run_' || v_suffix;
    job_id := cron.schedule(
      job_name,
      '* * * * *',
      format(
        'alter table absurd.%I detach partition absurd.%I%s',
        v_candidate.parent_table, v_candidate.partition_table, v_concurrently
      )
    );
    return next;

    job_kind := 'drop';
    job_name := 'absurd_drop_run_' || v_suffix;
    job_id := cron.schedule(
      job_name,
      '* * * * *',
      format('select absurd.drop_detached_partition(%L, %L);', v_candidate.partition_table, job_name)
    );
    return next;
  end loop;
end;
$$;

-- Schedules the three upkeep jobs (partitions, clean-up, detach planning) for one queue or for all, in place of
-- jobs of the same names, and returns them.
create function absurd.enable_cron(
  p_queue_name text default null,
  p_partition_schedule text default '5 * * * *',
  p_cleanup_schedule text default '17 * * * *',
  p_detach_schedule text default '29 * * * *'
)
returns table (job_name text, job_id bigint)
language plpgsql
as $$
declare
  v_suffix text;
  v_argument text;
  v_wanted record;
  v_job record;
begin
  if p_queue_name is not null then
    perform absurd.validate_queue_name(p_queue_name);
    if not exists (select from absurd.queues q where q.queue_name = p_queue_name) then
      raise exception 'Queue "%" does not exist', p_queue_name;
    end if;
  end if;
  if p_partition_schedule is null or trim(p_partition_schedule) = '' then
    raise exception 'Partition schedule must be provided';
  end if;
  if p_cleanup_schedule is null or trim(p_cleanup_schedule) = '' then
    raise exception 'Cleanup schedule must be provided';
  end if;
  if p_detach_schedule is null or trim(p_detach_schedule) = '' then
    raise exception 'Detach schedule must be provided';
  end if;
  if to_regclass('cron.job') is null then
    raise exception 'pg_cron is not available (missing cron.job)';
  end if;
  if not exists (
    select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'cron' and p.proname = 'schedule'
  ) then
    raise exception 'pg_cron is not available (missing cron.schedule)';
  end if;
  if not exists (
    select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'cron' and p.proname = 'unschedule'
  ) then
    raise exception 'pg_cron is not available (missing cron.unschedule)';
  end if;

  v_suffix := case when p_queue_name is null then 'all' else left(md5(p_queue_name), 12) end;
  v_argument := coalesce(quote_literal(p_queue_name), 'null::text');

  for v_wanted in
    select w.name, w.schedule, w.command
    from (
      values
        (1, 'absurd_partitions_' || v_suffix, p_partition_schedule,
          format('select absurd.ensure_partitions(%s);', v_argument)),
        (2, 'absurd_cleanup_' || v_suffix, p_cleanup_schedule,
          format('select * from absurd.cleanup_all_queues(%s);', v_argument)),
        (3, 'absurd_detach_plan_' || v_suffix, p_detach_schedule,
          format('select * from absurd.schedule_detach_jobs(%s);', v_argument))
    ) as w (rank, name, schedule, command)
    order by w.rank
  loop
    for v_job in
      select j.jobid, j.jobname::text as jobname from cron.job j where j.jobname = v_wanted.name
    loop
      if to_regprocedure('cron.unschedule(bigint)') is not null then
        perform cron.unschedule(v_job.jobid);
      else
        perform cron.unschedule(v_job.jobname);
      end if;
    end loop;
    job_name := v_wanted.name;
    job_id := cron.schedule(v_wanted.name, v_wanted.schedule, v_wanted.command);
    return next;
  end loop;
end;
$$;

-- Removes what enable_cron and schedule_detach_jobs scheduled for one queue, or for all (not for each), and
-- returns the removed jobs by name.
create function absurd.disable_cron(p_queue_name text default null)
returns table (job_name text, job_id bigint)
language plpgsql
as $$
declare
  v_suffix text;
  v_job record;
begin
  if p_queue_name is not null then
    perform absurd.validate_queue_name(p_queue_name);
  end if;
  if to_regclass('cron.job') is null then
    raise exception 'pg_cron is not available (missing cron.job)';
  end if;
  if not exists (
    select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'cron' and p.proname = 'unschedule'
  ) then
    raise exception 'pg_cron is not available (missing cron.unschedule)';
  end if;

  v_suffix := case when p_queue_name is null then 'all' else left(md5(p_queue_name), 12) end;

  for v_job in
    select j.jobid, j.jobname::text as jobname
    from cron.job j
    where j.jobname in (
        'absurd_partitions_' || v_suffix, 'absurd_cleanup_' || v_suffix, 'absurd_detach_plan_' || v_suffix
      )
      or starts_with(j.jobname::text, 'absurd_detach_run_' || v_suffix || '_')
      or starts_with(j.jobname::text, 'absurd_drop_run_' || v_suffix || '_')
    order by j.jobname::text
  loop
    if to_regprocedure('cron.unschedule(bigint)') is not null then
      perform cron.unschedule(v_job.jobid);
    else
      perform cron.unschedule(v_job.jobname);
    end if;
    job_name := v_job.jobname;
    job_id := v_job.jobid;
    return next;
  end loop;
end;
$$;
