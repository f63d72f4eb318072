-- Actions that were done, by the id that a browser gave each: a press that arrives twice is done once, and the second gets
-- the result of the first. Rows are needed for minutes, and small; delete old ones at any time.

create table absurd_dashboard.action_request (
  request_id uuid primary key,
  action text not null,
  -- The SHA-256 of the input: the same id with another input is refused.
  input_hash text not null,
  result json not null,
  at timestamptz not null default clock_timestamp()
);

-- The number of tasks that were confirmed; an operation that collects more ends before it changes any. NULL: no exact
-- number was shown.
alter table absurd_dashboard.bulk_job
  add column expected bigint,
  add constraint bulk_job_expected_check check (expected >= 0);
