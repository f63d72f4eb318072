import "server-only";
import { sql } from "drizzle-orm";
import { boolean, instant, integer, nullable, oneOf, text } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import type { ReadOptions } from "@/lib/db/snapshot";
import { getTenants, isAllowed } from "@/lib/db/tenants";
import { CIRCUIT_STATES, type Circuit } from "@/lib/model/workflow";
import { withQueues } from "./scope/registry";

const CIRCUIT = {
  tenantId: text,
  workflowName: text,
  operator: text,
  state: oneOf(CIRCUIT_STATES),
  failures: integer,
  successes: integer,
  retryAt: nullable(instant),
  probeUntil: nullable(instant),
  updatedAt: instant,
  revision: text,
};

const MOST_CIRCUITS = 1_000;

/**
 * The circuit breakers of a workflow that have counted anything, by operator; without a tenant, those shared by
 * its runs without a tenant. Empty if the database lacks the table.
 *
 * @throws ProblemError as `withQueues` does.
 */
export function listCircuits(
  workflow: { name: string; tenantId: string | null },
  options: ReadOptions = {},
): Promise<Circuit[]> {
  const tenant = workflow.tenantId ?? "default";
  const tenants = getTenants();
  if (tenants !== null && !isAllowed(tenants, tenant)) return Promise.resolve([]);
  return withQueues([], options, async ({ db }) => {
    const [table] = await query(
      db,
      { exists: boolean },
      sql`select to_regclass('public.highway_circuit') is not null as exists`,
    );
    if (!table?.exists) return [];
    return query(
      db,
      CIRCUIT,
      sql`
      select c.tenant_id as "tenantId", c.workflow_name as "workflowName", c.operator, c.state, c.failures,
        c.successes, c.retry_at::text as "retryAt", c.probe_until::text as "probeUntil",
        c.updated_at::text as "updatedAt", extract(epoch from c.updated_at)::text as revision
      from public.highway_circuit c
      where c.tenant_id = ${tenant} and c.workflow_name = ${workflow.name}
      order by c.operator limit ${MOST_CIRCUITS}::int`,
    );
  });
}
