import "server-only";
import * as z from "zod";
import {
  type ReschedulePreview as EngineReschedulePreview,
  previewReschedule,
} from "@/lib/absurd/runs/reschedule-preview";
import { definePreview } from "../define-action";
import { clampToDate, instant, queueName, uuid } from "../internal/inputs";
import { guards } from "../tenant-guards";
import type { WithInstants } from "./with-instants";

/** A run by id, in its queue. */
export const runInput = z.object({ queue: queueName, runId: uuid });

/** A waiting run before or after a reschedule; the client layer's type documents each kind. */
export type ReschedulePreview = WithInstants<EngineReschedulePreview>;

/** The effect of rescheduling this run. Pass its `kind` and `at` back as `expected`. */
export const getReschedulePreview = definePreview({
  name: "preview reschedule",
  permission: "reschedule run",
  input: runInput,
  guard: guards.run,
  run: async ({ queue, runId }, { db }) =>
    toReschedulePreview(await previewReschedule(db, queue, runId)),
});

/** Converts the client layer's dates to instants. */
export function toReschedulePreview(preview: EngineReschedulePreview): ReschedulePreview {
  return {
    ...preview,
    at: preview.at === "infinity" ? preview.at : preview.at.toISOString(),
    now: preview.now.toISOString(),
    ...(preview.cancelledAt && { cancelledAt: preview.cancelledAt.toISOString() }),
  } as ReschedulePreview;
}

/** The part of a preview that a browser sends back, so that only an unchanged run is moved. */
export const expectedWait = z.object({
  kind: z.enum([
    "queued",
    "backoff",
    "woken",
    "deferred",
    "sleep",
    "event-wait",
  ] satisfies ReschedulePreview["kind"][]),
  at: instant,
});

/** The inverse of `toReschedulePreview`, for the part that was sent back. */
export function parseExpectedWait({
  kind,
  at,
}: z.infer<typeof expectedWait>): Pick<EngineReschedulePreview, "kind" | "at"> {
  return { kind, at: at === "infinity" ? at : clampToDate(at) };
}
