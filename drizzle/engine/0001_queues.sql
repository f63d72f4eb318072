-- Queues: a name, a row in absurd.queues, and five tables of its own (six when partitioned). A table is named by a
-- one-letter prefix and the raw queue name as one quoted identifier: t_ tasks, r_ runs, c_ checkpoints, e_ events,
-- w_ waits, i_ idempotency keys.

-- Returns a usable queue name unchanged and raises for any other. 57 bytes leave room for the prefix (2) and the
-- longest index suffix (4) within the 63 bytes of an identifier.
create function absurd.validate_queue_name(p_queue_name text)
returns text
language plpgsql
as $$
begin
  if p_queue_name is null or p_queue_name = '' then
    raise exception 'Queue name must be provided';
  end if;
  if octet_length(p_queue_name) > 57 then
    raise exception 'Queue name "%" is too long (max 57 bytes).', p_queue_name;
  end if;
  return p_queue_name;
end;
$$;

-- Creates what is missing of a queue's tables, indexes and partitions, in the storage mode that the registry names
-- (unpartitioned for a queue it does not know). Never alters what exists. Constraints keep the names PostgreSQL
-- gives them.
create function absurd.ensure_queue_tables(p_queue_name text)
returns void
language plpgsql
as $$
declare
  v_mode text;
  -- Room on each page lets tasks and checkpoints be updated in place, without touching their indexes.
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
    -- A unique key of a partitioned table would have to contain task_id; table i_ takes its place there.
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

  -- Not of generation 0.5.0, but tools know an index of this name: every poll asks for tasks past a limit of their
  -- cancellation policy, and without it would read the whole table to learn that there is none. The state is left
  -- out of its predicate on purpose. With it the index would hold the active tasks only, but a change of an indexed
  -- column, and a predicate counts as one, makes every update of a task write all its index entries anew: 19 % more
  -- log for each claim and 11 % for each completion, on queues without policies too. So it holds finished tasks with
  -- a policy as well, and claim_task goes on from it by way of the active runs.
  execute format(
    'create index if not exists %I on absurd.%I (task_id) where cancellation is not null',
    't_' || p_queue_name || '_aci', 't_' || p_queue_name
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

-- Registers a queue and creates its tables. Calling it again repairs missing tables and keeps the policy, but an
-- existing queue never changes its storage mode. A concurrent call for the same name waits for the first.
create function absurd.create_queue(p_queue_name text, p_storage_mode text)
returns void
language plpgsql
as $$
declare
  v_mode text := lower(trim(p_storage_mode));
  v_existing text;
begin
  perform absurd.validate_queue_name(p_queue_name);
  if v_mode is null or v_mode not in ('unpartitioned', 'partitioned') then
    raise exception 'Unsupported queue storage mode "%"', p_storage_mode;
  end if;

  insert into absurd.queues (queue_name, storage_mode)
  values (p_queue_name, v_mode)
  on conflict (queue_name) do nothing;

  select q.storage_mode into v_existing from absurd.queues q where q.queue_name = p_queue_name;
  if v_existing is null then
    raise exception 'Queue "%" was not found after create attempt', p_queue_name;
  end if;
  if v_existing <> v_mode then
    raise exception 'Queue "%" already exists with storage mode "%"', p_queue_name, v_existing;
  end if;

  perform absurd.ensure_queue_tables(p_queue_name);
end;
$$;

create function absurd.create_queue(p_queue_name text)
returns void
language plpgsql
as $$
begin
  perform absurd.create_queue(p_queue_name, 'unpartitioned');
end;
$$;

-- Drops a registered queue with everything in it, and its pg_cron jobs where pg_cron is present. Silent for a
-- queue that is not registered, whose tables, if it has any, stay. Locks: ACCESS EXCLUSIVE on each table, then the
-- queue's row.
create function absurd.drop_queue(p_queue_name text)
returns void
language plpgsql
as $$
declare
  v_prefix text;
begin
  if not exists (select from absurd.queues q where q.queue_name = p_queue_name) then
    return;
  end if;

  if to_regclass('cron.job') is not null and exists (
    select from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'cron' and p.proname = 'unschedule'
  ) then
    perform absurd.disable_cron(p_queue_name);
  end if;

  foreach v_prefix in array array['i_', 'w_', 'e_', 'c_', 'r_', 't_'] loop
    execute format('drop table if exists absurd.%I cascade', v_prefix || p_queue_name);
  end loop;

  delete from absurd.queues q where q.queue_name = p_queue_name;
end;
$$;

-- The names of all queues, in the order of their names.
create function absurd.list_queues()
returns table (queue_name text)
language sql
as $$
  select q.queue_name from absurd.queues q order by q.queue_name;
$$;
