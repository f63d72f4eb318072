import type { ReschedulePlan } from "@/lib/actions/plans";

/** What kind of waiting a reschedule would move, and what moving it means. */
export function rescheduleWords(plan: ReschedulePlan): { is: string; effect: string } {
  switch (plan.kind) {
    case "queued":
      return { is: "It is queued and has never started.", effect: "It can start from then on." };
    case "backoff":
      return {
        is: `It waits for attempt ${plan.attempt} after a failure.`,
        effect: "The next attempt can start from then on.",
      };
    case "woken":
      return {
        is: "An event woke it, and it waits for a worker.",
        effect: "It resumes then; the event’s payload is kept.",
      };
    case "sleep":
      return {
        is: `It sleeps in the step “${plan.step}”.`,
        effect:
          "The sleep ends then. The wake time that the step stored moves with it, or the worker would only sleep again.",
      };
    case "event-wait":
      return {
        is: `It waits for the event “${plan.event}”.`,
        effect: "Only its time-out moves: nothing is emitted. To let it through, emit the event.",
      };
    case "deferred":
      return {
        is: "A worker put it back, or scheduled it by other means.",
        effect:
          "It is offered to workers from then on; the worker may decide to put it back again.",
      };
  }
}
