"use server";

import { z } from "zod";
import { rescheduleRun } from "@/lib/absurd/runs/reschedule";
import { previewReschedule } from "@/lib/absurd/runs/reschedule-target";
import { extendClaim } from "@/lib/absurd/runs/runs";
import { defineAction, definePreview } from "./define-action";
import { queueName, uuid, wholeSeconds } from "./internal/inputs";
import { toPlan } from "./plans";
import { guards } from "./tenant-guards";

const run = z.object({ queue: queueName, runId: uuid });

/** What rescheduling this run would change. Pass its `kind` and `at` back as `expected`. */
export const previewRescheduleAction = definePreview({
  name: "preview reschedule",
  permission: "reschedule run",
  input: run,
  guard: guards.run,
  run: async ({ queue, runId }, { db }) => toPlan(await previewReschedule(db, queue, runId)),
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
    expected: z
      .object({
        kind: z.enum(["queued", "backoff", "woken", "deferred", "sleep", "event-wait"]),
        at: z.union([z.literal("infinity"), z.iso.datetime({ offset: true })]),
      })
      .optional(),
  }),
  guard: guards.run,
  run: async ({ queue, runId, at, expected }, { db }) =>
    toPlan(
      await rescheduleRun(db, queue, {
        runId,
        at: at === "now" || at === "never" ? at : new Date(at),
        ...(expected && {
          expected: {
            kind: expected.kind,
            at: expected.at === "infinity" ? expected.at : new Date(expected.at),
          },
        }),
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
