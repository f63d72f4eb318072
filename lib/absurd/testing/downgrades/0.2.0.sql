-- 0.3.0 -> 0.2.0: no result function.

drop function absurd.get_task_result(text, uuid);

create or replace function absurd.get_schema_version() returns text language sql as $$
  select '0.2.0'::text
$$;
