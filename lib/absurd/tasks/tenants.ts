import type { Uuid } from "../../model/ids.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";

/**
 * SQL for the tenant of a task: column `tenant_id` if the table has one, otherwise the header of that name,
 * otherwise NULL. Without the column, the bare name resolves to `elsewhere.tenant_id`, so the table needs no
 * probe.
 *
 * @param taskId SQL for the task's id.
 */
export function selectTaskTenant(queue: string, taskId: string): string {
  return `(select owner.tenant from (select null::text as tenant_id) as elsewhere
    cross join lateral (
      select coalesce(tenant_id::text, owned.headers ->> 'tenant_id') as tenant
        from ${queueTable("t", queue)} owned where owned.task_id = ${taskId}
    ) as owner)`;
}

/**
 * Returns the tenant of a task, or of a run's task: `null` if it has none, `undefined` for an unknown task.
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
    `select ${selectTaskTenant(queue, "t.task_id")} as tenant from ${queueTable("t", queue)} t
      where t.task_id = ${byTask ? "$1" : `(select r.task_id from ${queueTable("r", queue)} r where r.run_id = $1)`}`,
    [byTask ? target.taskId : target.runId],
    { queue },
  );
  return row?.tenant;
}

/** How many runs of a tenant wait for an event, and how many of them an emit would wake now. */
export type EventAudience = { tenant: string | null; waits: number; wakes: number };

/**
 * Lists the waiters of an event by tenant.
 *
 * @throws QueueNotFoundError for an unknown queue.
 */
export function listEventAudience(
  db: Queryable,
  queue: string,
  eventName: string,
): Promise<EventAudience[]> {
  return call<EventAudience>(
    db,
    `select audience.tenant, count(*)::int as waits,
            (count(*) filter (where audience.wakes))::int as wakes
       from (select ${selectTaskTenant(queue, "w.task_id")} as tenant,
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
 * Like `listEventAudience`, and locks the audience: no further run can start to wait for the event until the
 * transaction ends. A waiter takes a share lock on the event's row first (since schema 0.0.7), and this locks the
 * row exclusively. If the row doesn't exist, it inserts the placeholder that a waiter would insert.
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
  return listEventAudience(db, queue, eventName);
}
