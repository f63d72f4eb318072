-- Runners of several servers take turns at an operation by its row, within their transactions. A lock of a session would
-- not hold behind a pooler in transaction mode.
alter table absurd_dashboard.bulk_job
  -- When the next step may begin: by the operation's rate, or once a runner that began to collect has had its time.
  add column due_at timestamptz not null default 'epoch';
