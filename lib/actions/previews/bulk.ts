import "server-only";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { isBulkInstalled } from "@/lib/bulk/job";
import { previewBulk } from "@/lib/bulk/selected-tasks";
import { fixWindow, parseFilters } from "@/lib/bulk/selection";
import { number } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { BULK_ACTIONS } from "@/lib/model/bulk";
import { ProblemError } from "@/lib/model/problem";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { definePreview } from "../define-action";
import { queueName, uuid } from "../internal/inputs";
import { guards } from "../tenant-guards";

const ids = z
  .array(z.object({ queue: queueName, taskId: uuid }))
  .min(1, "is empty")
  .max(1_000, "has more than 1,000 tasks; use a filter");
const filters = z.string("is missing").max(4_000, "is too long");
/** The action of a bulk operation, and its tasks. */
export const bulkInput = z
  .object({
    action: z.enum(BULK_ACTIONS, "is not a bulk action"),
    /** Either task ids, or the query string of a task list. */
    ids: ids.optional(),
    filters: filters.optional(),
  })
  .refine((given) => (given.ids === undefined) !== (given.filters === undefined), {
    message: "Give either task ids or filters",
  });

/** What an action would do to the selected tasks in their current states, and whether bulk operations are installed. */
export const getBulkPreview = definePreview({
  name: "preview bulk",
  permission: "start bulk",
  input: bulkInput,
  guard: guards.visibleTasks,
  run: async (input, { db, signal }) => ({
    ...(await previewBulk(input.action, toSelection(input, await getClock(db)), { signal })),
    installed: await isBulkInstalled(db),
  }),
});

/**
 * The tasks of a bulk operation. Relative times in filters are resolved at `now`.
 *
 * @throws ProblemError `bad_request` for filters that do not parse.
 */
export function toSelection(
  input: z.output<typeof bulkInput>,
  now: string,
): { ids: z.output<typeof ids> } | { filters: TaskFilters } {
  if (input.ids) return { ids: input.ids };
  const parsed = parseFilters(input.filters ?? "");
  if (!parsed) throw new ProblemError({ code: "bad_request", message: "Invalid filters." });
  return { filters: fixWindow(parsed, now) };
}

/** The database's clock, rounded up to a millisecond so that it isn't before any task that exists. */
export async function getClock(db: Queryable): Promise<string> {
  const [row] = await query(
    db,
    { ms: number },
    sql`select ceil(extract(epoch from clock_timestamp()) * 1000) as ms`,
  );
  return new Date(row?.ms ?? Number.NaN).toISOString();
}
