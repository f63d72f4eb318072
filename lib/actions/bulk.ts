"use server";

import { z } from "zod";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { call } from "@/lib/absurd/connection/sql";
import { createJob, endJob, isBulkInstalled, isJobOf } from "@/lib/bulk/job";
import { previewBulk } from "@/lib/bulk/preview";
import { wakeBulkRunner } from "@/lib/bulk/runner";
import { fixWindow, readFilters } from "@/lib/bulk/selection";
import { getTenants } from "@/lib/db/tenants";
import { BULK_ACTIONS } from "@/lib/model/bulk";
import { ProblemError } from "@/lib/model/problem";
import { serializeTaskFilters, type TaskFilters } from "@/lib/search-params/tasks/filters";
import { action, inquiry } from "./action";
import { extraAttempts as moreAttempts, queueName, reason, uuid } from "./inputs";
import { toWhatIsShown } from "./reaches";

const ids = z
  .array(z.object({ queue: queueName, taskId: uuid }))
  .min(1, "is empty")
  .max(1_000, "has more than 1000 tasks; use a filter");
const filters = z.string("is missing").max(4_000, "is too long");
const what = z
  .object({
    action: z.enum(BULK_ACTIONS, "is not one that can be done in bulk"),
    /** Either named tasks, or the query string of a task list. */
    ids: ids.optional(),
    filters: filters.optional(),
  })
  .refine((given) => (given.ids === undefined) !== (given.filters === undefined), {
    message: "Either tasks or filters have to be given",
  });

/** What an action would do to the selected tasks, as they are now; and whether bulk operations can run here. */
export const previewBulkAction = inquiry(
  "preview bulk",
  "operator",
  what,
  toWhatIsShown,
  async (input, db) => ({
    ...(await previewBulk(input.action, toSelection(input, await clock(db)))),
    installed: await isBulkInstalled(db),
  }),
);

const start = action(
  "start bulk",
  "operator",
  what.safeExtend({
    extraAttempts: moreAttempts.optional(),
    perSecond: z.int("is not a whole number").min(1, "is below 1").max(10_000).nullable(),
    /** What the operator was shown, for the record. */
    shown: z.int().min(0),
    reason,
  }),
  toWhatIsShown,
  async (input, db, operator) => {
    await requireTables(db);
    const selection = toSelection(input, await clock(db));
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
);

/**
 * Writes a bulk operation down; the server's runner takes it up at once and goes on after a restart. Relative times in
 * filters are fixed now, and tasks spawned from now on are not part of it. Refused as `not_installed` where the
 * dashboard's tables are absent.
 */
export async function startBulkAction(input: Parameters<typeof start>[0]) {
  const result = await start(input);
  if (result.ok) wakeBulkRunner();
  return result;
}

/**
 * Ends a bulk operation. Tasks it acted on stay as they are now; after the answer it acts on no other. Refused as
 * `already_ended` when it was over before.
 */
export const abortBulkAction = action(
  "abort bulk",
  "operator",
  z.object({ bulkId: uuid }),
  toWhatIsShown,
  async ({ bulkId }, db, operator) => {
    await requireTables(db);
    const ended =
      (await isJobOf(db, bulkId, getTenants())) &&
      (await endJob(db, bulkId, "aborted", `Aborted by ${operator}.`));
    if (!ended)
      throw new ProblemError({
        code: "already_ended",
        message: "The bulk operation is over already, or gone.",
      });
    return { bulkId };
  },
);

function toSelection(
  input: z.output<typeof what>,
  now: string,
): { ids: z.output<typeof ids> } | { filters: TaskFilters } {
  if (input.ids) return { ids: input.ids };
  const read = readFilters(input.filters ?? "");
  if (!read)
    throw new ProblemError({ code: "bad_request", message: "The filters cannot be read." });
  return { filters: fixWindow(read, now) };
}

async function requireTables(db: Queryable): Promise<void> {
  if (!(await isBulkInstalled(db)))
    throw new ProblemError({
      code: "not_installed",
      message:
        "Bulk operations keep their state in the dashboard's own tables, which this database lacks.",
      hint: "Install them with `npm run db:migrate`.",
    });
}

async function clock(db: Queryable): Promise<string> {
  const [row] = await call<{ ms: string }>(
    db,
    "select ceil(extract(epoch from clock_timestamp()) * 1000)::text as ms",
  );
  return new Date(Number(row?.ms)).toISOString();
}
