-- 0.4.0 -> 0.3.0: no storage modes, no policies, no SQLSTATEs of its own for cancelled and failed runs.

drop function absurd.create_queue(text, text);
drop function absurd.get_queue_policy(text);
drop function absurd.set_queue_policy(text, jsonb);
drop function absurd.cleanup_all_queues(text);
drop function absurd.ensure_partitions(text);
drop function absurd.uuidv7_timestamp(uuid);
drop function absurd.uuidv7_floor(timestamptz);
drop function absurd.week_bucket_utc(timestamptz);
drop function absurd.partition_week_tag(timestamptz);
drop function if exists absurd.list_detach_candidates(text);
drop function if exists absurd.drop_detached_partition(text, text);
drop function if exists absurd.schedule_detach_jobs(text);
drop function if exists absurd.enable_cron(text, text, text, text);
drop function if exists absurd.disable_cron(text);

alter table absurd.queues
  drop column storage_mode,
  drop column default_partition,
  drop column partition_lookahead,
  drop column partition_lookback,
  drop column cleanup_ttl,
  drop column cleanup_limit,
  drop column detach_mode,
  drop column detach_min_age;

-- The remaining functions query a queue's storage mode, so this returns the only one of that generation.
create view absurd_legacy.queues as
  select queue_name, created_at, 'unpartitioned'::text as storage_mode from absurd.queues;
select absurd_legacy.redirect('absurd.queues', 'absurd_legacy.queues');

create or replace function absurd.validate_queue_name(p_queue_name text)
returns text language plpgsql as $$
begin
  if p_queue_name is null or length(trim(p_queue_name)) = 0 then
    raise exception 'Queue name must be provided';
  end if;
  if octet_length(p_queue_name) > 57 then
    raise exception 'Queue name "%" is too long (max 57 bytes).', p_queue_name;
  end if;
  return p_queue_name;
end $$;

-- An existing queue is left alone, not repaired.
create or replace function absurd.create_queue(p_queue_name text)
returns void language plpgsql as $$
begin
  perform absurd.validate_queue_name(p_queue_name);
  insert into absurd.queues (queue_name) values (p_queue_name) on conflict do nothing;
  if found then
    perform absurd.ensure_queue_tables(p_queue_name);
  end if;
end $$;

alter function absurd.complete_run(text, uuid, jsonb) set schema absurd_legacy;
create function absurd.complete_run(p_queue_name text, p_run_id uuid, p_state jsonb default null)
returns void language plpgsql as $$
begin
  perform absurd_legacy.complete_run(p_queue_name, p_run_id, p_state);
exception when sqlstate 'AB001' or sqlstate 'AB002' then
  raise exception 'Run "%" is not currently running in queue "%"', p_run_id, p_queue_name;
end $$;

alter function absurd.fail_run(text, uuid, jsonb, timestamptz) set schema absurd_legacy;
create function absurd.fail_run(
  p_queue_name text, p_run_id uuid, p_reason jsonb, p_retry_at timestamptz default null
) returns void language plpgsql as $$
begin
  perform absurd_legacy.fail_run(p_queue_name, p_run_id, p_reason, p_retry_at);
exception when sqlstate 'AB001' or sqlstate 'AB002' then
  raise exception 'Run "%" cannot be failed in queue "%"', p_run_id, p_queue_name;
end $$;

create or replace function absurd.get_schema_version() returns text language sql as $$
  select '0.3.0'::text
$$;
