-- 0.0.6 -> 0.0.5: no idempotency keys.

create or replace function absurd.ensure_queue_tables(p_queue_name text)
returns void language plpgsql as $$
begin
  perform absurd_legacy.ensure_queue_tables(p_queue_name);
  execute format('drop index absurd.%I, absurd.%I, absurd.%I',
    'r_' || p_queue_name || '_cei', 'e_' || p_queue_name || '_eai', 'w_' || p_queue_name || '_ti');
  execute format('alter table absurd.%I drop column idempotency_key', 't_' || p_queue_name);
end $$;

drop function absurd.spawn_task(text, text, jsonb, jsonb);
create function absurd.spawn_task(
  p_queue_name text, p_task_name text, p_params jsonb, p_options jsonb default '{}'
) returns table (task_id uuid, run_id uuid, attempt integer) language plpgsql as $$
declare
  v_task_id uuid := absurd.portable_uuidv7();
  v_run_id uuid := absurd.portable_uuidv7();
  v_max_attempts integer := (p_options->>'max_attempts')::integer;
begin
  if p_task_name is null or length(trim(p_task_name)) = 0 then
    raise exception 'task_name must be provided';
  end if;
  if v_max_attempts < 1 then
    raise exception 'max_attempts must be >= 1';
  end if;
  execute format(
    'insert into absurd.%I (task_id, task_name, params, headers, retry_strategy, max_attempts,
       cancellation, state, attempts, last_attempt_run)
     values ($1, $2, coalesce($3, ''null''), $4->''headers'', $4->''retry_strategy'', $5,
       $4->''cancellation'', ''pending'', 1, $6)', 't_' || p_queue_name)
  using v_task_id, p_task_name, p_params, p_options, v_max_attempts, v_run_id;
  execute format(
    'insert into absurd.%I (run_id, task_id, attempt, state, available_at)
     values ($1, $2, 1, ''pending'', absurd.current_time())', 'r_' || p_queue_name)
  using v_run_id, v_task_id;
  return query select v_task_id, v_run_id, 1;
end $$;
