-- 0.1.0 -> 0.0.6: names of 48 characters, events that are overwritten and have no placeholder row, fewer indexes,
-- and fewer checks of the run that gets checkpoints or extends its claim.

drop function absurd.validate_queue_name(text);
create function absurd_legacy.validate_queue_name(p_queue_name text)
returns text language plpgsql as $$
begin
  if p_queue_name is null or length(trim(p_queue_name)) = 0 then
    raise exception 'Queue name must be provided';
  end if;
  if length(p_queue_name) > 48 then
    raise exception 'Queue name "%" is too long', p_queue_name;
  end if;
  return p_queue_name;
end $$;
select absurd_legacy.redirect('absurd.validate_queue_name', 'absurd_legacy.validate_queue_name');

alter function absurd.ensure_queue_tables(text) set schema absurd_legacy;
create function absurd.ensure_queue_tables(p_queue_name text) returns void language plpgsql as $$
begin
  perform absurd_legacy.ensure_queue_tables(p_queue_name);
  execute format('drop index absurd.%I, absurd.%I, absurd.%I',
    'r_' || p_queue_name || '_cei', 'e_' || p_queue_name || '_eai', 'w_' || p_queue_name || '_ti');
end $$;

-- Every emit stores its payload and time, and wakes the current waiters.
alter function absurd.emit_event(text, text, jsonb) set schema absurd_legacy;
create function absurd.emit_event(p_queue_name text, p_event_name text, p_payload jsonb default null)
returns void language plpgsql as $$
begin
  execute format('delete from absurd.%I where event_name = $1', 'e_' || p_queue_name)
    using p_event_name;
  perform absurd_legacy.emit_event(p_queue_name, p_event_name, p_payload);
end $$;

alter function absurd.await_event(text, uuid, uuid, text, text, integer) set schema absurd_legacy;
create function absurd.await_event(
  p_queue_name text, p_task_id uuid, p_run_id uuid, p_step_name text, p_event_name text,
  p_timeout integer default null
) returns table (should_suspend boolean, payload jsonb) language plpgsql as $$
begin
  return query select * from absurd_legacy.await_event(
    p_queue_name, p_task_id, p_run_id, p_step_name, p_event_name, p_timeout);
  execute format('delete from absurd.%I e where e.event_name = $1 and e.payload is null',
    'e_' || p_queue_name) using p_event_name;
end $$;

create or replace function absurd.get_task_checkpoint_states(
  p_queue_name text, p_task_id uuid, p_run_id uuid
) returns table (
  checkpoint_name text, state jsonb, status text, owner_run_id uuid, updated_at timestamptz
) language plpgsql as $$
begin
  return query execute format(
    'select checkpoint_name, state, status, owner_run_id, updated_at from absurd.%I
      where task_id = $1 order by updated_at', 'c_' || p_queue_name) using p_task_id;
end $$;

create or replace function absurd.get_task_checkpoint_state(
  p_queue_name text, p_task_id uuid, p_step_name text, p_include_pending boolean default false
) returns table (
  checkpoint_name text, state jsonb, status text, owner_run_id uuid, updated_at timestamptz
) language plpgsql as $$
begin
  return query execute format(
    'select checkpoint_name, state, status, owner_run_id, updated_at from absurd.%I
      where task_id = $1 and checkpoint_name = $2', 'c_' || p_queue_name)
    using p_task_id, p_step_name;
end $$;

create or replace function absurd.extend_claim(p_queue_name text, p_run_id uuid, p_extend_by integer)
returns void language plpgsql as $$
begin
  perform absurd_legacy.extend_claim(p_queue_name, p_run_id, p_extend_by);
exception when sqlstate 'AB002' or raise_exception then
  null;
end $$;
