"use server";

import * as z from "zod";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { createJob, endJob, isBulkInstalled, isVisibleJob } from "@/lib/bulk/job";
import { wakeBulkRunner } from "@/lib/bulk/runner";
import { previewBulk } from "@/lib/bulk/selected-tasks";
import { formatCount, formatNumber } from "@/lib/format";
import { ProblemError } from "@/lib/model/problem";
import type { BulkAction } from "@/lib/model/rows/bulk";
import { serializeTaskFilters, type TaskFilters } from "@/lib/search-params/tasks/filters";
import { defineAction } from "./define-action";
import { extraAttempts as moreAttempts, reason, uuid } from "./internal/inputs";
import { bulkInput, getClock, requireSingle, toSelection } from "./previews/bulk";
import { guards } from "./tenant-guards";

const start = defineAction({
  name: "start bulk",
  permission: "start bulk",
  input: bulkInput.safeExtend({
    extraAttempts: moreAttempts.optional(),
    perSecond: z.int("is not a whole number").min(1, "is below 1").max(10_000).nullable(),
    /** The number of tasks that was shown to the operator. */
    shown: z.int().min(0),
    /** Whether `shown` was exact: then the start is refused if the filters match more tasks now. */
    exact: z.boolean().optional(),
    /** The error groups that are retried, separated by spaces. */
    group: z
      .string()
      .regex(/^[0-9a-f]{1,64}( [0-9a-f]{1,64}){0,99}$/, "is not the id of an error group")
      .optional(),
    reason,
  }),
  guard: guards.visibleTasks,
  run: async (input, { db, operator, identity }) => {
    requireSingle(identity, input.action);
    await requireTables(db);
    const selection = toSelection(input, await getClock(db));
    if ("filters" in selection && input.exact) await refuseGrowth(input, selection);
    const bulkId = await createJob(db, {
      action: input.action,
      operator,
      reason: input.reason,
      perSecond: input.perSecond,
      options: {
        ...(input.extraAttempts !== undefined && { extraAttempts: input.extraAttempts }),
        ...(input.group !== undefined && { group: input.group }),
      },
      ...("ids" in selection
        ? { ids: selection.ids, filters: input.filters }
        : {
            filters: serializeTaskFilters(selection.filters),
            expected: input.exact ? input.shown : null,
          }),
    });
    return { bulkId, action: input.action };
  },
});

/** @throws ProblemError `state_changed` if the action would change more tasks than the operator was shown. */
async function refuseGrowth(
  { action, shown }: { action: BulkAction; shown: number },
  selection: { filters: TaskFilters },
): Promise<void> {
  const { eligible } = await previewBulk(action, selection);
  if (eligible.value <= shown) return;
  throw new ProblemError({
    code: "state_changed",
    message: `Now ${formatCount(eligible)} tasks match, and ${formatNumber(shown)} were shown.`,
    hint: "Preview again, then decide.",
  });
}

/**
 * Stores a bulk operation. The server's runner starts it immediately and resumes it after a restart. With `ids` it
 * acts on these tasks only. Relative times in filters are resolved now, so tasks spawned later are excluded.
 * Refused as `state_changed` if the filters match more tasks than were shown, and as `not_installed` if the
 * dashboard's tables are missing.
 */
export async function startBulkAction(input: Parameters<typeof start>[0]) {
  const result = await start(input);
  if (result.ok) wakeBulkRunner();
  return result;
}

/**
 * Aborts a bulk operation. Completed items are not undone; once this resolves, no further task is touched. Refused
 * as `already_ended` if the operation has ended.
 */
export const abortBulkAction = defineAction({
  name: "abort bulk",
  permission: "abort bulk",
  input: z.object({ bulkId: uuid }),
  guard: guards.visibleTasks,
  run: async ({ bulkId }, { db, operator }) => {
    await requireTables(db);
    const ended =
      (await isVisibleJob(db, bulkId)) &&
      (await endJob(db, bulkId, "aborted", `Aborted by ${operator}.`));
    if (!ended)
      throw new ProblemError({
        code: "already_ended",
        message: "The bulk operation has already ended, or does not exist.",
      });
    return { bulkId };
  },
});

async function requireTables(db: Queryable): Promise<void> {
  if (!(await isBulkInstalled(db)))
    throw new ProblemError({
      code: "not_installed",
      message:
        "Bulk operations need the dashboard's own tables, which this database lacks or has in an earlier version.",
      hint: "Install them with `absurd-dashboard migrate`.",
    });
}
