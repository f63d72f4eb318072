import { listTasks } from "@/lib/analytics/tasks";
import { forgetEnvironment } from "@/lib/db/env";
import { closePools } from "@/lib/db/pools";
import { clearSharedReads } from "@/lib/live/shared-reads";
import type { Page } from "@/lib/model/page";
import type { TaskSummary } from "@/lib/model/task";
import { type TaskFilters, taskFilters } from "@/lib/search-params/tasks/filters";

/** The first page of tasks for these filters. */
export const list = (filters: Partial<TaskFilters> = {}) => listTasks(taskFilters(filters));

/** The ids of a page, in order. */
export const ids = (page: Page<TaskSummary>) => page.rows.map((row) => row.taskId);

/** Follows the pages in one direction to the end. */
export async function follow(
  first: Page<TaskSummary>,
  direction: "older" | "newer",
  filters: Partial<TaskFilters>,
): Promise<Page<TaskSummary>[]> {
  const pages = [first];
  for (let cursor = first[direction]; cursor; ) {
    const page = await list({ ...filters, cursor });
    pages.push(page);
    cursor = page[direction];
  }
  return pages;
}

/** Restricts this process to these tenants, like `DASHBOARD_TENANTS`; without an argument, removes the restriction. */
export async function restrictTo(tenants?: string): Promise<void> {
  if (tenants === undefined) delete process.env.DASHBOARD_TENANTS;
  else process.env.DASHBOARD_TENANTS = tenants;
  forgetEnvironment();
  clearSharedReads();
  await closePools();
}

/**
 * SQL for the UUIDv7 of a row with a time `ts` and a number `n`; `kind`, a hexadecimal digit, keeps the ids of several
 * kinds apart.
 */
export function uuidOf(kind: string): string {
  return `(lpad(to_hex((extract(epoch from ts) * 1000)::bigint), 12, '0') || '7${kind}008000' || lpad(to_hex(n), 12, '0'))::uuid`;
}
