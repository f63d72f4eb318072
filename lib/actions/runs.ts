"use server";

import * as z from "zod";
import { rescheduleRun } from "@/lib/absurd/runs/reschedule";
import { extendClaim } from "@/lib/absurd/runs/runs";
import { defineAction } from "./define-action";
import { clampToDate, instant, queueName, uuid, wholeSeconds } from "./internal/inputs";
import { expectedWait, parseExpectedWait, runInput, toReschedulePreview } from "./previews/runs";
import { guards } from "./tenant-guards";

/**
 * Moves a waiting run to another time, or removes the timeout of an event wait (`never`). Refused as
 * `state_changed` if the run no longer matches `expected`: it was claimed, woken, moved or ended.
 */
export const rescheduleRunAction = defineAction({
  name: "reschedule run",
  permission: "reschedule run",
  input: runInput.extend({
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
 * Sets the lease of a running run to end `seconds` from now, later or sooner than before. Refused as
 * `state_changed` if the run is no longer running, another worker holds it, or its worker has renewed the lease
 * past that time.
 */
export const extendLeaseAction = defineAction({
  name: "extend lease",
  permission: "extend lease",
  input: z.object({
    queue: queueName,
    runId: uuid,
    seconds: wholeSeconds.min(1, "is below 1").max(604_800, "is more than a week"),
    /** The lease that the operator saw. */
    expected: z
      .object({
        claimedBy: z.string().nullable(),
        claimExpiresAt: instant.nullable(),
      })
      .optional(),
  }),
  guard: guards.run,
  run: async ({ queue, runId, seconds, expected }, { db }) => {
    await extendClaim(
      db,
      queue,
      runId,
      seconds,
      expected && {
        claimedBy: expected.claimedBy,
        claimExpiresAt:
          expected.claimExpiresAt === null ? null : clampToDate(expected.claimExpiresAt),
      },
    );
    return { runId, seconds };
  },
});
