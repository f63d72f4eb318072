-- 0.5.1 -> 0.4.0: retry strategies are not validated, and delays have no limit.

-- Points every function of the engine at another schema's version of something it uses.
create schema absurd_legacy;
create function absurd_legacy.redirect(p_from text, p_to text) returns void language plpgsql as $$
declare
  v_definition text;
begin
  for v_definition in
    select replace(pg_get_functiondef(p.oid), p_from, p_to)
      from pg_proc p
     where p.pronamespace in ('absurd'::regnamespace, 'absurd_legacy'::regnamespace)
       and p.proname <> 'redirect'
       and strpos(p.prosrc, p_from) > 0
  loop
    execute v_definition;
  end loop;
end $$;

drop function absurd.retry_delay_seconds(jsonb, integer);
create function absurd_legacy.retry_delay_seconds(p_strategy jsonb, p_attempt integer)
returns double precision language sql as $$
  select case p_strategy->>'kind'
    when 'fixed' then coalesce((p_strategy->>'base_seconds')::double precision, 60)
    when 'exponential' then least(
      coalesce((p_strategy->>'base_seconds')::double precision, 30)
        * coalesce((p_strategy->>'factor')::double precision, 2) ^ greatest(p_attempt - 1, 0),
      (p_strategy->>'max_seconds')::double precision)
    else 0
  end
$$;
select absurd_legacy.redirect('absurd.retry_delay_seconds', 'absurd_legacy.retry_delay_seconds');

create or replace function absurd.get_schema_version() returns text language sql as $$
  select '0.4.0'::text
$$;
