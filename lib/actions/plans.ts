import type { EmitPreview, WokenRun } from "@/lib/absurd/events/preview";
import type { RescheduleTarget } from "@/lib/absurd/runs/reschedule-target";
import type { Iso } from "@/lib/model/instants";

/** A type with its dates as instants, for the browser. */
type WithInstants<T> = T extends Date
  ? Iso
  : T extends (infer Item)[]
    ? WithInstants<Item>[]
    : T extends object
      ? { [Key in keyof T]: WithInstants<T[Key]> }
      : T;

/** A waiting run before or after it was moved; `RescheduleTarget` documents each kind. */
export type ReschedulePlan = WithInstants<RescheduleTarget>;

/** What an emit would do. */
export type EmitPlan = WithInstants<EmitPreview>;

/** Converts the client layer's dates to instants. */
export function toPlan(target: RescheduleTarget): ReschedulePlan {
  return {
    ...target,
    at: target.at === "infinity" ? target.at : target.at.toISOString(),
    now: target.now.toISOString(),
    ...(target.cancelledAt && { cancelledAt: target.cancelledAt.toISOString() }),
  } as ReschedulePlan;
}

/** Like `toPlan`, for the preview of an emit. */
export function toEmitPlan(preview: EmitPreview): EmitPlan {
  return {
    ...preview,
    emittedAt: preview.emittedAt?.toISOString() ?? null,
    wakes: preview.wakes.map((run: WokenRun) => ({
      ...run,
      timeoutAt: run.timeoutAt?.toISOString() ?? null,
    })),
  };
}
