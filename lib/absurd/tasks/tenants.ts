import type { Uuid } from "../../model/ids.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";

/**
 * The tenant of a task as SQL: its column `tenant_id` where the table has one, else the header of that name, else NULL.
 * Where there is no column the bare name means `elsewhere.tenant_id`, so nothing needs to be known of the table before.
 *
 * @param taskId SQL for the id of the task.
 */
export function tenantOfTask(queue: string, taskId: string): string {
  return `(select owner.tenant from (select null::text as tenant_id) as elsewhere
    cross join lateral (
      select coalesce(tenant_id::text, owned.headers ->> 'tenant_id') as tenant
        from ${queueTable("t", queue)} owned where owned.task_id = ${taskId}
    ) as owner)`;
}

/**
 * The tenant of a task, or of the task of a run; `null` when it has none, `undefined` when there is no such task.
 *
 * @throws QueueNotFoundError for an unknown queue.
 */
export async function getTaskTenant(
  db: Queryable,
  queue: string,
  target: { taskId: Uuid } | { runId: Uuid },
): Promise<string | null | undefined> {
  const byTask = "taskId" in target;
  const [row] = await call<{ tenant: string | null }>(
    db,
    `select ${tenantOfTask(queue, "t.task_id")} as tenant from ${queueTable("t", queue)} t
      where t.task_id = ${byTask ? "$1" : `(select r.task_id from ${queueTable("r", queue)} r where r.run_id = $1)`}`,
    [byTask ? target.taskId : target.runId],
    { queue },
  );
  return row?.tenant;
}

/** The runs of one tenant that wait for an event, and how many of them an emit would wake now. */
export type EventAudience = { tenant: string | null; waits: number; wakes: number };

/**
 * Who waits for an event, tenant by tenant.
 *
 * @throws QueueNotFoundError for an unknown queue.
 */
export function readEventAudience(
  db: Queryable,
  queue: string,
  eventName: string,
): Promise<EventAudience[]> {
  return call<EventAudience>(
    db,
    `select audience.tenant, count(*)::int as waits,
            (count(*) filter (where audience.wakes))::int as wakes
       from (select ${tenantOfTask(queue, "w.task_id")} as tenant,
                    r.state = 'sleeping' and (w.timeout_at is null or w.timeout_at > absurd.current_time()) as wakes
               from ${queueTable("w", queue)} w
               left join ${queueTable("r", queue)} r on r.run_id = w.run_id
              where w.event_name = $1) as audience
      group by audience.tenant`,
    [eventName],
    { queue },
  );
}

/**
 * As `readEventAudience`, and until the transaction ends nobody else starts to wait for the event: who waits takes a
 * share lock on the event's row first (since schema 0.0.7), and this takes the row for itself. Where there is none it
 * makes the one that waiting would make.
 *
 * @throws QueueNotFoundError for an unknown queue.
 */
export async function lockEventAudience(
  db: Queryable,
  queue: string,
  eventName: string,
): Promise<EventAudience[]> {
  const events = queueTable("e", queue);
  await call(
    db,
    `insert into ${events} (event_name, payload, emitted_at) values ($1, null, 'epoch')
     on conflict (event_name) do nothing`,
    [eventName],
    { queue },
  );
  await call(db, `select from ${events} where event_name = $1 for update`, [eventName], { queue });
  return readEventAudience(db, queue, eventName);
}
