-- Generation 0.5.1: the index on tasks with a cancellation policy is named t_{q}_ci. Generation 0.5.0 of this schema
-- named the same index t_{q}_aci. Everything in this file can be run again.

-- Creates the missing tables, indexes and partitions of a queue, in the storage mode of its row in absurd.queues
-- (unpartitioned for an unregistered queue). Never alters an existing object. Constraints keep the names that
-- PostgreSQL gives them.
create or replace function absurd.ensure_queue_tables(p_queue_name text)
returns void
language plpgsql
as $$
declare
  v_mode text;
  -- Free space on each page allows HOT updates of tasks, runs and checkpoints.
  v_fill text := ' with (fillfactor = 70)';
  v_partitioned boolean;
begin
  perform absurd.validate_queue_name(p_queue_name);

  select q.storage_mode into v_mode from absurd.queues q where q.queue_name = p_queue_name;
  v_mode := coalesce(v_mode, 'unpartitioned');
  if v_mode not in ('unpartitioned', 'partitioned') then
    raise exception 'Unsupported queue storage mode "%"', v_mode;
  end if;
  v_partitioned := v_mode = 'partitioned';

  execute format(
    $ddl$
      create table if not exists absurd.%I (
        task_id uuid primary key,
        task_name text not null,
        params jsonb not null,
        headers jsonb,
        retry_strategy jsonb,
        max_attempts integer,
        cancellation jsonb,
        enqueue_at timestamptz not null default absurd.current_time(),
        first_started_at timestamptz,
        state text not null
          check (state in ('pending', 'running', 'sleeping', 'completed', 'failed', 'cancelled')),
        attempts integer not null default 0,
        last_attempt_run uuid,
        completed_payload jsonb,
        cancelled_at timestamptz,
        idempotency_key text %s
      )%s
    $ddl$,
    't_' || p_queue_name,
    -- A unique key of a partitioned table must include the partition key, so table i_ holds the keys there.
    case when v_partitioned then '' else 'unique' end,
    case when v_partitioned then ' partition by range (task_id)' else v_fill end
  );

  execute format(
    $ddl$
      create table if not exists absurd.%I (
        run_id uuid primary key,
        task_id uuid not null,
        attempt integer not null,
        state text not null
          check (state in ('pending', 'running', 'sleeping', 'completed', 'failed', 'cancelled')),
        claimed_by text,
        claim_expires_at timestamptz,
        available_at timestamptz not null,
        wake_event text,
        event_payload jsonb,
        started_at timestamptz,
        completed_at timestamptz,
        failed_at timestamptz,
        result jsonb,
        failure_reason jsonb,
        created_at timestamptz not null default absurd.current_time()
      )%s
    $ddl$,
    'r_' || p_queue_name,
    case when v_partitioned then ' partition by range (run_id)' else v_fill end
  );

  execute format(
    $ddl$
      create table if not exists absurd.%I (
        task_id uuid not null,
        checkpoint_name text not null,
        state jsonb,
        status text not null default 'committed',
        owner_run_id uuid,
        updated_at timestamptz not null default absurd.current_time(),
        primary key (task_id, checkpoint_name)
      )%s
    $ddl$,
    'c_' || p_queue_name,
    case when v_partitioned then ' partition by range (task_id)' else v_fill end
  );

  execute format(
    $ddl$
      create table if not exists absurd.%I (
        event_name text primary key,
        payload jsonb,
        emitted_at timestamptz not null default absurd.current_time()
      )
    $ddl$,
    'e_' || p_queue_name
  );

  execute format(
    $ddl$
      create table if not exists absurd.%I (
        task_id uuid not null,
        run_id uuid not null,
        step_name text not null,
        event_name text not null,
        timeout_at timestamptz,
        created_at timestamptz not null default absurd.current_time(),
        primary key (run_id, step_name)
      )%s
    $ddl$,
    'w_' || p_queue_name,
    case when v_partitioned then ' partition by range (run_id)' else '' end
  );

  if v_partitioned then
    execute format(
      $ddl$
        create table if not exists absurd.%I (
          idempotency_key text primary key,
          task_id uuid not null
        )
      $ddl$,
      'i_' || p_queue_name
    );
    execute format(
      'create index if not exists %I on absurd.%I (task_id)',
      'i_' || p_queue_name || '_ti', 'i_' || p_queue_name
    );
  end if;

  -- Every poll of claim_task looks for tasks with a cancellation policy; most queues have none. The predicate leaves
  -- the state out, so that a change of state never touches this index: an indexed state would make every update of a
  -- task rewrite all its index entries (19 % more WAL per claim, 11 % per completion, on every queue). The index
  -- therefore holds finished tasks with a policy, too.
  execute format(
    'create index if not exists %I on absurd.%I (task_id) where cancellation is not null',
    't_' || p_queue_name || '_ci', 't_' || p_queue_name
  );
  execute format(
    'create index if not exists %I on absurd.%I (state, available_at)',
    'r_' || p_queue_name || '_sai', 'r_' || p_queue_name
  );
  execute format(
    'create index if not exists %I on absurd.%I (task_id)',
    'r_' || p_queue_name || '_ti', 'r_' || p_queue_name
  );
  execute format(
    'create index if not exists %I on absurd.%I (claim_expires_at)'
      ' where state = ''running'' and claim_expires_at is not null',
    'r_' || p_queue_name || '_cei', 'r_' || p_queue_name
  );
  execute format(
    'create index if not exists %I on absurd.%I (emitted_at)',
    'e_' || p_queue_name || '_eai', 'e_' || p_queue_name
  );
  execute format(
    'create index if not exists %I on absurd.%I (event_name)',
    'w_' || p_queue_name || '_eni', 'w_' || p_queue_name
  );
  execute format(
    'create index if not exists %I on absurd.%I (task_id)',
    'w_' || p_queue_name || '_ti', 'w_' || p_queue_name
  );

  if v_partitioned then
    perform absurd.ensure_partitions(p_queue_name);
  end if;
end;
$$;

-- Renames the index of each queue, registered or not, without building it again. Where the original's migration has
-- built t_{q}_ci beside it, that second copy is dropped. An unrelated relation of that name (the task table of a queue
-- "{q}_ci") stays, and the index keeps its old name. A registered queue that has neither gets the index.
--
-- Locks: SHARE UPDATE EXCLUSIVE on a renamed index, ACCESS EXCLUSIVE on a task table with a second copy, SHARE on one
-- without the index.
do $$
declare
  v_index record;
  v_new regclass;
  v_queue text;
begin
  for v_index in
    select i.relname as old_name, t.relname || '_ci' as new_name, t.oid as task_table
    from pg_index x
    join pg_class i on i.oid = x.indexrelid
    join pg_class t on t.oid = x.indrelid
    where t.relnamespace = 'absurd'::regnamespace and t.relname like 't\_%' and i.relname = t.relname || '_aci'
  loop
    v_new := to_regclass(format('absurd.%I', v_index.new_name));
    if v_new is not null then
      if not exists (select from pg_index x where x.indexrelid = v_new and x.indrelid = v_index.task_table) then
        continue;
      end if;
      execute format('drop index absurd.%I', v_index.new_name);
    end if;
    execute format('alter index absurd.%I rename to %I', v_index.old_name, v_index.new_name);
  end loop;

  for v_queue in
    select q.queue_name
    from absurd.queues q
    where to_regclass(format('absurd.%I', 't_' || q.queue_name)) is not null
      and to_regclass(format('absurd.%I', 't_' || q.queue_name || '_ci')) is null
  loop
    execute format(
      'create index %I on absurd.%I (task_id) where cancellation is not null',
      't_' || v_queue || '_ci', 't_' || v_queue
    );
  end loop;
end;
$$;
