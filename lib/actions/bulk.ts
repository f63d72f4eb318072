"use server";

import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { createJob, endJob, isBulkInstalled, isJobOf } from "@/lib/bulk/job";
import { wakeBulkRunner } from "@/lib/bulk/runner";
import { previewBulk } from "@/lib/bulk/selected-tasks";
import { fixWindow, parseFilters } from "@/lib/bulk/selection";
import { number } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { getTenants } from "@/lib/db/tenants";
import { BULK_ACTIONS } from "@/lib/model/bulk";
import { ProblemError } from "@/lib/model/problem";
import { serializeTaskFilters, type TaskFilters } from "@/lib/search-params/tasks/filters";
import { defineAction, definePreview } from "./define-action";
import { extraAttempts as moreAttempts, queueName, reason, uuid } from "./internal/inputs";
import { guards } from "./tenant-guards";

const ids = z
  .array(z.object({ queue: queueName, taskId: uuid }))
  .min(1, "is empty")
  .max(1_000, "has more than 1,000 tasks; use a filter");
const filters = z.string("is missing").max(4_000, "is too long");
const what = z
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
export const previewBulkAction = definePreview({
  name: "preview bulk",
  permission: "start bulk",
  input: what,
  guard: guards.visibleTasks,
  run: async (input, { db }) => ({
    ...(await previewBulk(input.action, toSelection(input, await getClock(db)))),
    installed: await isBulkInstalled(db),
  }),
});

const start = defineAction({
  name: "start bulk",
  permission: "start bulk",
  input: what.safeExtend({
    extraAttempts: moreAttempts.optional(),
    perSecond: z.int("is not a whole number").min(1, "is below 1").max(10_000).nullable(),
    /** The number of tasks that the operator was shown, for the audit log. */
    shown: z.int().min(0),
    reason,
  }),
  guard: guards.visibleTasks,
  run: async (input, { db, operator }) => {
    await requireTables(db);
    const selection = toSelection(input, await getClock(db));
    const bulkId = await createJob(db, {
      action: input.action,
      operator,
      reason: input.reason,
      perSecond: input.perSecond,
      options: input.extraAttempts === undefined ? {} : { extraAttempts: input.extraAttempts },
      ...("ids" in selection ? selection : { filters: serializeTaskFilters(selection.filters) }),
    });
    return { bulkId, action: input.action };
  },
});

/**
 * Stores a bulk operation. The server's runner starts it immediately and resumes it after a restart. Relative times in
 * filters are resolved now, and tasks spawned later are not part of it. Refused as `not_installed` where the dashboard's
 * tables are missing.
 */
export async function startBulkAction(input: Parameters<typeof start>[0]) {
  const result = await start(input);
  if (result.ok) wakeBulkRunner();
  return result;
}

/**
 * Aborts a bulk operation. Completed items are not undone; once this resolves, no further task is touched. Refused as
 * `already_ended` when the operation has ended.
 */
export const abortBulkAction = defineAction({
  name: "abort bulk",
  permission: "abort bulk",
  input: z.object({ bulkId: uuid }),
  guard: guards.visibleTasks,
  run: async ({ bulkId }, { db, operator }) => {
    await requireTables(db);
    const ended =
      (await isJobOf(db, bulkId, getTenants())) &&
      (await endJob(db, bulkId, "aborted", `Aborted by ${operator}.`));
    if (!ended)
      throw new ProblemError({
        code: "already_ended",
        message: "The bulk operation has already ended, or does not exist.",
      });
    return { bulkId };
  },
});

function toSelection(
  input: z.output<typeof what>,
  now: string,
): { ids: z.output<typeof ids> } | { filters: TaskFilters } {
  if (input.ids) return { ids: input.ids };
  const parsed = parseFilters(input.filters ?? "");
  if (!parsed) throw new ProblemError({ code: "bad_request", message: "Invalid filters." });
  return { filters: fixWindow(parsed, now) };
}

async function requireTables(db: Queryable): Promise<void> {
  if (!(await isBulkInstalled(db)))
    throw new ProblemError({
      code: "not_installed",
      message:
        "Bulk operations need the dashboard's own tables, which are not installed in this database.",
      hint: "Install them with `npm run db:migrate`.",
    });
}

/** The database's clock, rounded up to a millisecond so that it isn't before any task that exists. */
async function getClock(db: Queryable): Promise<string> {
  const [row] = await query(
    db,
    { ms: number },
    sql`select ceil(extract(epoch from clock_timestamp()) * 1000) as ms`,
  );
  return new Date(row?.ms ?? Number.NaN).toISOString();
}
