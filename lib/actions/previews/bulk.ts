import "server-only";
import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { isBulkInstalled } from "@/lib/bulk/job";
import { previewBulk } from "@/lib/bulk/selected-tasks";
import { fixWindow, parseFilters } from "@/lib/bulk/selection";
import { number } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { type Identity, whyDenied } from "@/lib/identity/identity";
import { getSwitches } from "@/lib/identity/require";
import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";
import { BULK_ACTIONS, type BulkAction, SINGLE_PERMISSIONS } from "@/lib/model/rows/bulk";
import { serializeTaskFilters, type TaskFilters } from "@/lib/search-params/tasks/filters";
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
    ids: ids.optional(),
    /** The query string of a task list. With `ids`, only they are acted on. */
    filters: filters.optional(),
  })
  .refine((given) => given.ids !== undefined || given.filters !== undefined, {
    message: "Give task ids or filters",
  });

/**
 * What an action would do to the selected tasks in their current states, and what the start request must repeat.
 */
export const getBulkPreview = definePreview({
  name: "preview bulk",
  permission: "start bulk",
  input: bulkInput,
  guard: guards.visibleTasks,
  run: async (input, { db, identity, signal }) => {
    requireSingle(identity, input.action);
    const selection = toSelection(input, await getClock(db));
    const { tasks, ...preview } = await previewBulk(input.action, selection, { signal });
    const filters = "filters" in selection ? serializeTaskFilters(selection.filters) : undefined;
    return {
      ...preview,
      /** What the start request must repeat, so that it acts on no other tasks than were counted. */
      start: {
        requestId: randomUUID() as Uuid,
        shown: preview.eligible.value,
        exact: preview.eligible.precision === "exact",
        ...(filters !== undefined && { filters }),
        ...(tasks && tasks.length > 0 && { ids: tasks }),
      },
      installed: await isBulkInstalled(db),
    };
  },
});

/**
 * An action that a person may not take on one task is forbidden in bulk too.
 *
 * @throws ProblemError `forbidden`
 */
export function requireSingle(identity: Identity, action: BulkAction): void {
  const denied = whyDenied(identity, SINGLE_PERMISSIONS[action], getSwitches());
  if (denied !== null) throw new ProblemError({ code: "forbidden", message: denied });
}

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

/** The database's clock, rounded up to a millisecond so that it is not before any existing task. */
export async function getClock(db: Queryable): Promise<string> {
  const [row] = await query(
    db,
    { ms: number },
    sql`select ceil(extract(epoch from clock_timestamp()) * 1000) as ms`,
  );
  return new Date(row?.ms ?? Number.NaN).toISOString();
}
