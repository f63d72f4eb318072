-- Circuit breakers of Highway's workflows: one row for each operator of a workflow name, shared by all runs, versions
-- and workers. Only the database's clock counts. A row without failures that has not changed for 30 days is deleted.

create table public.highway_circuit (
  tenant_id text not null default 'default',
  workflow_name text not null,
  -- The operator's path in the definition: without rounds and attempts.
  operator text not null,
  state text not null default 'closed',
  -- Consecutive ones while closed.
  failures integer not null default 0,
  -- Those since the isolation ended.
  successes integer not null default 0,
  -- When an open circuit lets a probe through.
  retry_at timestamptz,
  -- The engine's run that makes the one call of a half-open circuit, and until when it has to be done.
  probe_run uuid,
  probe_until timestamptz,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, workflow_name, operator),
  constraint highway_circuit_state_check check (state in ('closed', 'open', 'half_open')),
  constraint highway_circuit_counts_check check (failures >= 0 and successes >= 0)
);
