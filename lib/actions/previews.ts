import { z } from "zod";
import type { EmitPreview as EngineEmitPreview, WokenRun } from "@/lib/absurd/events/preview";
import type { ReschedulePreview as EngineReschedulePreview } from "@/lib/absurd/runs/reschedule-preview";
import type { Iso } from "@/lib/model/instants";

/** A type with its dates as instants, for the browser. */
type WithInstants<T> = T extends Date
  ? Iso
  : T extends (infer Item)[]
    ? WithInstants<Item>[]
    : T extends object
      ? { [Key in keyof T]: WithInstants<T[Key]> }
      : T;

/** A waiting run before or after it was moved; the client layer's type documents each kind. */
export type ReschedulePreview = WithInstants<EngineReschedulePreview>;

/** What an emit would do. */
export type EmitPreview = WithInstants<EngineEmitPreview>;

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
  at: z.union([z.literal("infinity"), z.iso.datetime({ offset: true })]),
});

/** The inverse of `toReschedulePreview`, for the part that was sent back. */
export function parseExpectedWait({
  kind,
  at,
}: z.infer<typeof expectedWait>): Pick<EngineReschedulePreview, "kind" | "at"> {
  return { kind, at: at === "infinity" ? at : new Date(at) };
}

/** Like `toReschedulePreview`, for the preview of an emit. */
export function toEmitPreview(preview: EngineEmitPreview): EmitPreview {
  return {
    ...preview,
    emittedAt: preview.emittedAt?.toISOString() ?? null,
    wakes: preview.wakes.map((run: WokenRun) => ({
      ...run,
      timeoutAt: run.timeoutAt?.toISOString() ?? null,
    })),
  };
}
