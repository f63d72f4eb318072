-- A session keeps the plan of the look-up of the last link. One made while no entry existed would read the whole table at
-- each further entry, until the table's statistics change.
alter function absurd_dashboard.link_audit_entry() set enable_seqscan = off;
