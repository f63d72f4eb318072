-- 0.2.0 -> 0.1.0: no version, no retry, and writes of a failed run have no error of their own.

drop function absurd.get_schema_version();
drop function absurd.retry_task(text, uuid, jsonb);

alter function absurd.set_task_checkpoint_state(text, uuid, text, jsonb, uuid, integer)
  set schema absurd_legacy;
create function absurd.set_task_checkpoint_state(
  p_queue_name text, p_task_id uuid, p_step_name text, p_state jsonb, p_owner_run uuid,
  p_extend_claim_by integer default null
) returns void language plpgsql as $$
begin
  perform absurd_legacy.set_task_checkpoint_state(
    p_queue_name, p_task_id, p_step_name, p_state, p_owner_run, p_extend_claim_by);
exception when sqlstate 'AB002' then
  execute format(
    'insert into absurd.%1$I as c (task_id, checkpoint_name, state, owner_run_id)
     values ($1, $2, $3, $4)
     on conflict (task_id, checkpoint_name) do update
        set state = excluded.state, owner_run_id = excluded.owner_run_id,
            updated_at = absurd.current_time()
      where (select attempt from absurd.%2$I where run_id = c.owner_run_id)
         <= (select attempt from absurd.%2$I where run_id = excluded.owner_run_id)',
    'c_' || p_queue_name, 'r_' || p_queue_name)
  using p_task_id, p_step_name, p_state, p_owner_run;
end $$;

alter function absurd.extend_claim(text, uuid, integer) set schema absurd_legacy;
create function absurd.extend_claim(p_queue_name text, p_run_id uuid, p_extend_by integer)
returns void language plpgsql as $$
begin
  perform absurd_legacy.extend_claim(p_queue_name, p_run_id, p_extend_by);
exception when sqlstate 'AB002' then
  raise exception 'Run "%" is not currently running in queue "%"', p_run_id, p_queue_name;
end $$;
