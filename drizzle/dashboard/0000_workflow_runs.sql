-- Workflow runs: what Highway's workflows, and any program that tracks its own, tell about executions that span tasks.
--
-- A database may have a `workflow_run` already, made by the program that writes it. Then it stays as it is: the
-- dashboard reads whatever columns it finds. Everything beyond the columns such programs write is nullable or has a
-- default, so their inserts and updates work unchanged on the tables made here.

do $$
begin
  if to_regclass('public.workflow_definition') is null then
    create table public.workflow_definition (
      definition_id uuid primary key default gen_random_uuid(),
      workflow_name text not null,
      workflow_version text not null,
      -- SHA-256 of the normalised definition, in hexadecimal.
      workflow_hash text not null,
      definition jsonb not null,
      source_format text,
      source_text text,
      tenant_id text not null default 'default',
      is_paused boolean not null default false,
      created_by text,
      created_at timestamptz not null default now(),
      constraint workflow_definition_source_format_check
        check (source_format in ('yaml', 'json', 'builder')),
      constraint workflow_definition_key
        unique (tenant_id, workflow_name, workflow_version, workflow_hash)
    );
  end if;

  if to_regclass('public.workflow_run') is null then
    create table public.workflow_run (
      workflow_run_id uuid primary key,
      workflow_name text not null,
      workflow_version text not null,
      workflow_hash text,
      status text not null default 'pending',
      -- No foreign keys into the engine: queues and their tables come and go.
      absurd_run_id uuid,
      absurd_queue text not null,
      inputs jsonb,
      result jsonb,
      error jsonb,
      tags jsonb,
      task_count integer,
      created_by text,
      created_at timestamptz not null default now(),
      started_at timestamptz,
      completed_at timestamptz,
      updated_at timestamptz not null default now(),
      -- A run id names one attempt only; the task's id survives retries.
      absurd_task_id uuid,
      tenant_id text not null default 'default',
      definition_id uuid
        references public.workflow_definition on delete set null,
      parent_workflow_run_id uuid
        references public.workflow_run on delete set null,
      -- A display name joins name, version and step with two underscores, so neither part may contain them.
      constraint workflow_run_name_check
        check (workflow_name ~ '^[a-z][a-z0-9_]*$' and workflow_name !~ '__'),
      constraint workflow_run_version_check
        check (workflow_version ~ '^[a-zA-Z0-9._-]+$' and workflow_version !~ '__'),
      constraint workflow_run_status_check
        check (status in ('pending', 'running', 'completed', 'failed', 'cancelled')),
      constraint workflow_run_task_count_check
        check (task_count >= 0)
    );

    create index workflow_run_created_idx
      on public.workflow_run (created_at desc, workflow_run_id desc);
    create index workflow_run_status_idx
      on public.workflow_run (status, created_at desc);
    create index workflow_run_workflow_idx
      on public.workflow_run (workflow_name, workflow_version, created_at desc);
    create index workflow_run_tenant_idx
      on public.workflow_run (tenant_id, created_at desc);
    create index workflow_run_absurd_run_idx
      on public.workflow_run (absurd_run_id) where absurd_run_id is not null;
    create index workflow_run_parent_idx
      on public.workflow_run (parent_workflow_run_id) where parent_workflow_run_id is not null;
    create index workflow_run_definition_idx
      on public.workflow_run (definition_id) where definition_id is not null;
    create index workflow_run_tags_idx
      on public.workflow_run using gin (tags jsonb_path_ops);

    -- Promises that `updated_at` is the time of the last change, also for writers that do not know the column.
    create function public.workflow_run_touch()
    returns trigger
    language plpgsql
    as $touch$
    begin
      new.updated_at := now();
      return new;
    end;
    $touch$;

    create trigger workflow_run_touch
      before update on public.workflow_run
      for each row execute function public.workflow_run_touch();
  end if;
end;
$$;
