-- The Absurd engine, schema generation 0.5.0: schema, queue registry, clock, ids and the retry schedule.
--
-- Everything here runs with the caller's rights and in the caller's transaction. No triggers, no extensions, no
-- notifications: workers poll. Works on PostgreSQL 14 and later.

create schema absurd;

-- The clock of the engine. Promises the session's `absurd.fake_now` where it is set and not blank, else the wall
-- clock (not the start of the transaction: a long transaction must not see leases as younger than they are). Every
-- function below reads it once and uses that one instant throughout. An unparsable setting raises 22007.
create function absurd.current_time()
returns timestamptz
language plpgsql
as $$
declare
  v_fake text := current_setting('absurd.fake_now', true);
begin
  if trim(v_fake) <> '' then
    return v_fake::timestamptz;
  end if;
  return clock_timestamp();
end;
$$;

-- The release whose behaviour this schema has. Tools plan migrations by it.
create function absurd.get_schema_version()
returns text
language sql
as $$
  select '0.5.0'::text;
$$;

create table absurd.queues (
  queue_name text primary key,
  created_at timestamptz not null default absurd.current_time(),
  storage_mode text not null default 'unpartitioned'
    check (storage_mode in ('unpartitioned', 'partitioned')),
  default_partition text not null default 'enabled'
    check (default_partition in ('enabled', 'disabled')),
  partition_lookahead interval not null default interval '28 days'
    check (partition_lookahead >= interval '0 seconds'),
  partition_lookback interval not null default interval '1 day'
    check (partition_lookback >= interval '0 seconds'),
  cleanup_ttl interval not null default interval '30 days'
    check (cleanup_ttl >= interval '0 seconds'),
  cleanup_limit integer not null default 1000
    check (cleanup_limit >= 1),
  detach_mode text not null default 'none'
    check (detach_mode in ('none', 'empty')),
  detach_min_age interval not null default interval '30 days'
    check (detach_min_age >= interval '0 seconds')
);

-- A new UUIDv7. Ids sort by creation, which is what paging and partitioning by id rest on. The server's own
-- generator is used where there is one (PostgreSQL 18); the fallback follows the engine's clock.
create function absurd.portable_uuidv7()
returns uuid
language plpgsql
as $$
declare
  v_millis bigint;
  v_bytes bytea;
begin
  -- The reference below is resolved only when it is reached, so that this works where uuidv7() does not exist.
  if to_regprocedure('pg_catalog.uuidv7()') is not null then
    return pg_catalog.uuidv7();
  end if;

  v_millis := floor(extract(epoch from absurd.current_time()) * 1000)::bigint;
  -- A random UUID already has the variant bits in byte 8; only the version has to be written over.
  v_bytes := substring(int8send(v_millis) from 3) || substring(uuid_send(gen_random_uuid()) from 7);
  v_bytes := set_byte(v_bytes, 6, (get_byte(v_bytes, 6) & 15) | 112);
  return encode(v_bytes, 'hex')::uuid;
end;
$$;

-- The instant at which a UUIDv7 was made, to the millisecond; NULL for any other version.
create function absurd.uuidv7_timestamp(p_id uuid)
returns timestamptz
language sql
immutable strict
as $$
  -- Seconds and milliseconds are added apart: as one double they would lose digits in the far future.
  select case when substr(p_id::text, 15, 1) = '7' then
    timestamptz 'epoch' + (id.millis / 1000) * interval '1 second' + (id.millis % 1000) * interval '1 millisecond'
  end
  from (select ('x' || substr(replace(p_id::text, '-', ''), 1, 12))::bit(48)::bigint as millis) id;
$$;

-- The smallest UUIDv7 of the millisecond that contains p_ts: a bound for ranges over ids.
create function absurd.uuidv7_floor(p_ts timestamptz)
returns uuid
language plpgsql
immutable strict
as $$
declare
  v_millis numeric := floor(extract(epoch from p_ts) * 1000);
begin
  if v_millis < 0 or v_millis > 281474976710655 then
    raise exception 'Timestamp "%" is outside UUIDv7 supported range', p_ts;
  end if;
  return (lpad(to_hex(v_millis::bigint), 12, '0') || '70008000000000000000')::uuid;
end;
$$;

-- Monday 00:00 UTC of the ISO week that contains p_ts, whatever the session's time zone.
create function absurd.week_bucket_utc(p_ts timestamptz)
returns timestamptz
language sql
immutable strict
as $$
  select date_trunc('week', p_ts at time zone 'UTC') at time zone 'UTC';
$$;

-- The name of that week in partition names: last digit of the ISO year and the two-digit ISO week.
create function absurd.partition_week_tag(p_ts timestamptz)
returns text
language sql
immutable strict
as $$
  select (extract(isoyear from week.start)::integer % 10)::text
    || lpad(extract(week from week.start)::integer::text, 2, '0')
  from (select absurd.week_bucket_utc(p_ts) at time zone 'UTC' as start) week;
$$;

-- Seconds to wait after attempt p_attempt has failed, always within one day. An invalid strategy raises AB003:
-- spawn_task passes that on, fail_run turns it into a permanent failure.
create function absurd.retry_delay_seconds(p_strategy jsonb, p_attempt integer)
returns double precision
language plpgsql
immutable
as $$
declare
  c_limit constant double precision := 86400;
  v_kind text;
  v_base double precision;
  v_factor double precision;
  v_max double precision;
begin
  if p_strategy is null then
    return 0;
  end if;
  if jsonb_typeof(p_strategy) <> 'object' then
    raise exception 'retry_strategy must be a JSON object' using errcode = 'AB003';
  end if;

  v_kind := coalesce(p_strategy ->> 'kind', 'none');
  if v_kind not in ('none', 'fixed', 'exponential') then
    raise exception 'Unsupported retry strategy kind "%"', v_kind using errcode = 'AB003';
  end if;
  if v_kind = 'none' then
    return 0;
  end if;

  -- NaN sorts above every number, so the upper bounds reject it too.
  v_base := coalesce(
    (p_strategy ->> 'base_seconds')::double precision,
    case v_kind when 'fixed' then 60 else 30 end
  );
  if v_base < 0 or v_base > c_limit then
    raise exception 'retry_strategy.base_seconds must be between 0 and 86400' using errcode = 'AB003';
  end if;
  if v_kind = 'fixed' then
    return v_base;
  end if;

  v_factor := coalesce((p_strategy ->> 'factor')::double precision, 2);
  if v_factor < 0 or v_factor >= 'infinity' then
    raise exception 'retry_strategy.factor must be a finite non-negative number' using errcode = 'AB003';
  end if;
  v_max := coalesce((p_strategy ->> 'max_seconds')::double precision, c_limit);
  if v_max < 0 or v_max > c_limit then
    raise exception 'retry_strategy.max_seconds must be between 0 and 86400' using errcode = 'AB003';
  end if;
  if v_base = 0 then
    return 0;
  end if;

  begin
    return least(v_base * power(v_factor, greatest(coalesce(p_attempt, 1), 1) - 1), v_max);
  exception
    -- Past what a double can hold: far above the cap, or with a factor below one, nothing left.
    when numeric_value_out_of_range then
      return case when v_factor < 1 then 0 else v_max end;
  end;
exception
  when invalid_text_representation or numeric_value_out_of_range then
    raise exception 'retry_strategy contains an invalid number' using errcode = 'AB003';
end;
$$;
