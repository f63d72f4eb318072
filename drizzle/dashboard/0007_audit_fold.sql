-- The entries of the audit log without those of the single tasks of bulk operations, of which there may be millions.
create index audit_entry_folded_idx on absurd_dashboard.audit_entry (audit_id)
  where bulk_id is null or task_id is null;
