import type { Client } from "pg";
import { LARGEST } from "./sizes";

/** Workflow runs, audit entries and bulk operations: one of each per hundred tasks of the database. */
export async function loadDashboard(client: Client, tasks: number, now: number): Promise<void> {
  const rows = Math.ceil(tasks / 100);
  const at = `to_timestamp(${now / 1000}) - (${rows} - n) * interval '30 days' / ${rows}`;
  const id = (kind: string) =>
    `(lpad(to_hex((extract(epoch from ${at}) * 1000)::bigint), 12, '0') || '7${kind}008000' || lpad(to_hex(n), 12, '0'))::uuid`;
  const numbers = `generate_series(1, ${rows}) n`;
  await client.query(`
    insert into public.workflow_definition (workflow_name, workflow_version, workflow_hash, definition)
    select 'flow_' || n, '1.0', md5(n::text), '{"steps": []}' from generate_series(0, 11) n`);
  await client.query(`
    insert into public.workflow_run (workflow_run_id, workflow_name, workflow_version, status, absurd_queue,
      absurd_task_id, definition_id, tenant_id, inputs, tags, created_at, started_at, completed_at)
    select ${id("1")}, 'flow_' || n % 12, '1.0', case when n % 25 = 0 then 'failed' else 'completed' end, '${LARGEST}',
      task_id, definition_id, 'tenant-' || n % 20, '{"n": 1}', jsonb_build_object('region', n % 5), ${at}, ${at}, ${at} + interval '1 minute'
    from (select row_number() over () as n, task_id from (
      select task_id from absurd.t_${LARGEST} order by task_id desc limit ${rows}) newest) numbered
    join public.workflow_definition d on d.workflow_name = 'flow_' || n % 12`);
  await client.query(`
    insert into absurd_dashboard.bulk_job (bulk_id, action, operator, state, created_at, finished_at, collected, done)
    select ${id("2")}, 'retry', 'operator-' || n % 9, 'done', ${at}, ${at}, 5, 5 from ${numbers}`);
  await client.query(`
    insert into absurd_dashboard.bulk_item (bulk_id, task_id, queue, outcome, at)
    select bulk_id, gen_random_uuid(), '${LARGEST}', 'done', created_at
    from absurd_dashboard.bulk_job, generate_series(1, 5)`);
  await client.query(`
    insert into absurd_dashboard.audit_entry (audit_id, at, operator, action, queue, outcome)
    select ${id("3")}, ${at}, 'operator-' || n % 9, ('{retry,cancel,emit}'::text[])[1 + n % 3], '${LARGEST}',
      case when n % 50 = 0 then 'refused' else 'done' end
    from ${numbers}`);
}
