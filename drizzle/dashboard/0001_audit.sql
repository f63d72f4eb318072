-- The record of what was done, or tried, through the dashboard. An entry of something done is written in the
-- transaction of the change itself: there is neither a change without its entry nor an entry without its change.

-- Promises a version 7 UUID of the moment, ordered to the microsecond, on servers with and without their own generator.
create function absurd_dashboard.new_id()
returns uuid
language sql
volatile
as $$
  select (
    lpad(to_hex(moment.us / 1000), 12, '0')
    -- Twelve bits for the part of a millisecond, as RFC 9562 allows.
    || '7' || lpad(to_hex(moment.us % 1000 * 4096 / 1000), 3, '0')
    -- Variant and random bits of a version 4 UUID are where version 7 has them.
    || right(replace(gen_random_uuid()::text, '-', ''), 16)
  )::uuid
  from (select (extract(epoch from clock_timestamp()) * 1000000)::bigint as us) as moment
$$;

create table absurd_dashboard.audit_entry (
  audit_id uuid primary key default absurd_dashboard.new_id(),
  at timestamptz not null default clock_timestamp(),
  operator text not null,
  action text not null,
  -- What it was done to. No foreign keys: queues, tasks and runs come and go.
  queue text,
  task_id uuid,
  run_id uuid,
  -- Names, times, numbers and switches as given; of payloads and headers their size and SHA-256 only.
  parameters jsonb not null default '{}',
  reason text,
  outcome text not null,
  -- Why not, where the outcome is not `done`.
  code text,
  message text,
  -- What came of it, such as the id of a new task.
  result jsonb not null default '{}',
  -- The bulk operation this was a part of, or that it started.
  bulk_id uuid,
  constraint audit_entry_outcome_check check (outcome in ('done', 'refused', 'failed'))
);

create index audit_entry_operator_idx on absurd_dashboard.audit_entry (operator, audit_id);
create index audit_entry_action_idx on absurd_dashboard.audit_entry (action, audit_id);
create index audit_entry_queue_idx on absurd_dashboard.audit_entry (queue, audit_id);
create index audit_entry_task_idx on absurd_dashboard.audit_entry (task_id, audit_id)
  where task_id is not null;
create index audit_entry_bulk_idx on absurd_dashboard.audit_entry (bulk_id, audit_id)
  where bulk_id is not null;
create index audit_entry_trouble_idx on absurd_dashboard.audit_entry (outcome, audit_id)
  where outcome <> 'done';

-- Promises that an entry, once committed, stays as it is: for the owner of the table too, and in every session role.
create function absurd_dashboard.refuse_audit_change()
returns trigger
language plpgsql
as $$
begin
  raise exception 'The audit log only grows: % is refused.', lower(tg_op)
    using errcode = 'restrict_violation',
          hint = 'Entries are kept for ever. To start over, drop the table as its owner.';
end;
$$;

create trigger audit_entry_only_grows
  before update or delete or truncate on absurd_dashboard.audit_entry
  for each statement execute function absurd_dashboard.refuse_audit_change();

-- Also while session_replication_role keeps other triggers from firing.
alter table absurd_dashboard.audit_entry enable always trigger audit_entry_only_grows;
