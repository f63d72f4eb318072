import { type TaskFilters, taskFilters } from "@/lib/search-params/tasks";
import { listTasks } from "./tasks";
import type { Page, TaskSummary } from "./types";

/** The page of these filters. */
export const list = (filters: Partial<TaskFilters> = {}) => listTasks(taskFilters(filters));

/** The ids of a page, in its order. */
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
