-- Operations on many tasks at once. They run in the background of the dashboard's server, and everything they need to
-- go on after a crash is here: an item's outcome is written in the transaction of the engine call it is the outcome of.

create table absurd_dashboard.bulk_job (
  bulk_id uuid primary key default absurd_dashboard.new_id(),
  action text not null,
  options jsonb not null default '{}',
  operator text not null,
  reason text,
  -- The task list's query string whose matches are collected, with its window of time fixed; NULL: the tasks were named.
  filters text,
  -- How far collecting got, as the task list's cursor.
  cursor text,
  state text not null default 'collecting',
  -- At most so many tasks a second; NULL: as fast as it goes.
  per_second integer,
  created_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  collected bigint not null default 0,
  done bigint not null default 0,
  skipped bigint not null default 0,
  failed bigint not null default 0,
  -- Why it ended, where it did not get through.
  message text,
  constraint bulk_job_action_check check (action in ('cancel', 'retry', 'run-again', 'run-now')),
  constraint bulk_job_state_check
    check (state in ('collecting', 'running', 'done', 'aborted', 'failed')),
  constraint bulk_job_finished_check
    check ((finished_at is null) = (state in ('collecting', 'running'))),
  constraint bulk_job_rate_check check (per_second > 0)
);

create index bulk_job_open_idx on absurd_dashboard.bulk_job (bulk_id) where finished_at is null;

create table absurd_dashboard.bulk_item (
  bulk_id uuid not null references absurd_dashboard.bulk_job,
  task_id uuid not null,
  queue text not null,
  -- NULL until it is decided; then never changed.
  outcome text,
  code text,
  message text,
  -- The task that a run again spawned.
  new_task_id uuid,
  at timestamptz,
  primary key (bulk_id, task_id, queue),
  constraint bulk_item_outcome_check check (outcome in ('done', 'skipped', 'failed'))
);

create index bulk_item_open_idx on absurd_dashboard.bulk_item (bulk_id, task_id, queue)
  where outcome is null;
create index bulk_item_trouble_idx on absurd_dashboard.bulk_item (bulk_id, outcome, task_id)
  where outcome in ('skipped', 'failed');
