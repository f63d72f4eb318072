-- Whose business the dashboard's own rows are, so that a dashboard that is restricted to tenants shows theirs alone.
--
-- NULL, as in all rows of before: they may concern anybody, and no restricted dashboard shows them.

alter table absurd_dashboard.audit_entry
  add column tenants text[],
  add constraint audit_entry_tenants_check check (cardinality(tenants) > 0);

create index audit_entry_tenants_idx on absurd_dashboard.audit_entry (audit_id)
  where tenants is not null;

-- The tenants an operation is restricted to: also a dashboard that is not restricted acts on no other task.
alter table absurd_dashboard.bulk_job
  add column tenants text[],
  add constraint bulk_job_tenants_check check (cardinality(tenants) > 0);
