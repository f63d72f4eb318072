"use server";

import { z } from "zod";
import { rescheduleRun } from "@/lib/absurd/runs/reschedule";
import { previewReschedule } from "@/lib/absurd/runs/reschedule-preview";
import { extendClaim } from "@/lib/absurd/runs/runs";
import { defineAction, definePreview } from "./define-action";
import { queueName, uuid, wholeSeconds } from "./internal/inputs";
import { expectedWait, parseExpectedWait, toReschedulePreview } from "./previews";
import { guards } from "./tenant-guards";

const run = z.object({ queue: queueName, runId: uuid });

/** What rescheduling this run would change. Pass its `kind` and `at` back as `expected`. */
export const previewRescheduleAction = definePreview({
  name: "preview reschedule",
  permission: "reschedule run",
  input: run,
  guard: guards.run,
  run: async ({ queue, runId }, { db }) =>
    toReschedulePreview(await previewReschedule(db, queue, runId)),
});

/**
 * Moves a waiting run to another time, or removes the timeout of an event wait (`never`). Refused as `state_changed` when
 * the run is not what `expected` describes: it was claimed, woken, moved or ended.
 */
export const rescheduleRunAction = defineAction({
  name: "reschedule run",
  permission: "reschedule run",
  input: run.extend({
    at: z.union([z.enum(["now", "never"]), z.iso.datetime({ offset: true })], "is not a time"),
    expected: expectedWait.optional(),
  }),
  guard: guards.run,
  run: async ({ queue, runId, at, expected }, { db }) =>
    toReschedulePreview(
      await rescheduleRun(db, queue, {
        runId,
        at: at === "now" || at === "never" ? at : new Date(at),
        ...(expected && { expected: parseExpectedWait(expected) }),
      }),
    ),
});

/**
 * Sets the lease of a running run to end `seconds` from now, later or sooner than before. Refused as `state_changed` when
 * the run is no longer running.
 */
export const extendLeaseAction = defineAction({
  name: "extend lease",
  permission: "extend lease",
  input: z.object({
    queue: queueName,
    runId: uuid,
    seconds: wholeSeconds.min(1, "is below 1").max(604_800, "is more than a week"),
  }),
  guard: guards.run,
  run: async ({ queue, runId, seconds }, { db }) => {
    await extendClaim(db, queue, runId, seconds);
    return { runId, seconds };
  },
});
