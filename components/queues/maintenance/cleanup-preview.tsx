"use client";
import { Preview } from "@/components/ui/data/preview";
import { CountText } from "@/components/ui/text/count";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import type { CleanupPlan } from "@/lib/analytics/queue-maintenance";

/** What a cleanup would delete, if it came now. */
export function CleanupPreview({
  plan,
  problem,
}: {
  plan: CleanupPlan | undefined;
  problem: string | undefined;
}) {
  return (
    <Preview
      label="What will be deleted"
      problem={problem}
      waiting="Counting what would go…"
      className="min-h-20"
    >
      {plan && (
        <div className="px-3 py-2">
          <p>
            <CountText count={plan.tasks} className="font-semibold" /> tasks that ended before{" "}
            <AbsoluteTime iso={plan.before} />, with attempts, checkpoints and idempotency keys
          </p>
          <p>
            <CountText count={plan.events} className="font-semibold" /> events emitted before then
            {plan.questions.value > 0 && (
              <>
                , <CountText count={plan.questions} /> of them only asked for; who waits for one
                still wakes
              </>
            )}
          </p>
          <p className="text-12 text-ink-3">
            Active tasks stay. A task that awaits a deleted event later waits for a new one.
          </p>
        </div>
      )}
    </Preview>
  );
}
