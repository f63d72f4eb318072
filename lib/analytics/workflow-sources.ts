import { type SQL, sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import { getTenants, isTenantOf } from "@/lib/db/tenants";
import type { RegisteredQueue } from "./registry";

/** The rows of workflow runs as `w`, and of definitions as `d`, that may be seen. */
export type WorkflowSources = { runs: SQL; definitions: SQL };

const UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";

/**
 * Where to read workflow runs and definitions from; the one way in which queries name their tables, which a test keeps
 * so. In a dashboard that is restricted to tenants they are sub-selects: of the rows with such a `tenant_id`; of a table
 * of runs without that column, those whose root task belongs to one of the tenants.
 */
export function workflowSources(
  columns: { runs: ReadonlySet<string> },
  queues: readonly RegisteredQueue[],
): WorkflowSources {
  const tenants = getTenants();
  if (tenants === null)
    return { runs: sql`public.workflow_run w`, definitions: sql`public.workflow_definition d` };
  const ofTenant = isTenantOf(tenants, sql`item.tenant_id::text`);
  const run = columns.runs.has("tenant_id") ? ofTenant : hasVisibleRoot(columns.runs, queues);
  return {
    runs: sql`(select item.* from public.workflow_run item where ${run}) w`,
    definitions: sql`(select item.* from public.workflow_definition item where ${ofTenant}) d`,
  };
}

/** Whether the root task of the run `item` can be seen in its queue. */
function hasVisibleRoot(runColumns: ReadonlySet<string>, queues: readonly RegisteredQueue[]): SQL {
  if (!runColumns.has("absurd_queue") || queues.length === 0) return sql`false`;
  const id = (name: string) =>
    runColumns.has(name)
      ? sql`case when item.${sql.identifier(name)}::text ~ ${UUID} then item.${sql.identifier(name)}::text::uuid end`
      : sql`null::uuid`;
  const arms = queues.map(({ name }) => {
    const { tasks, runs } = queueTables(name);
    return sql`when ${name}::text then (
      select true from ${tasks} where ${tasks.taskId} = coalesce(${id("absurd_task_id")}, (
        select ${runs.taskId} from ${runs} where ${runs.runId} = ${id("absurd_run_id")}
      )) limit 1)`;
  });
  return sql`(case item.absurd_queue::text ${sql.join(arms, sql` `)} end)`;
}
