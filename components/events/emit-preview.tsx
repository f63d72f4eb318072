"use client";
import { taskPath } from "@/components/layout/paths";
import { Preview } from "@/components/ui/data/preview";
import { Link } from "@/components/ui/text/link";
import { AbsoluteTime, RelativeTime } from "@/components/ui/text/relative-time";
import type { EmitPlan } from "@/lib/actions/plans";
import { formatShortId, plural } from "@/lib/format";

/** What the emit would do, if it came now. */
export function EmitPreview({
  queue,
  plan,
  problem,
}: {
  queue: string;
  plan: EmitPlan | undefined;
  problem: string | undefined;
}) {
  return (
    <Preview problem={problem} waiting="Looking who waits for it…" className="min-h-16">
      {plan && (
        <div className="px-3 py-2">
          <Plan queue={queue} plan={plan} />
        </div>
      )}
    </Preview>
  );
}

function Plan({ queue, plan }: { queue: string; plan: EmitPlan }) {
  if (plan.outcome === "ignored" && plan.emittedAt) {
    return (
      <p>
        <strong className="font-semibold text-pending">Emitted already</strong>,{" "}
        <RelativeTime iso={plan.emittedAt} /> (<AbsoluteTime iso={plan.emittedAt} />
        ). The first emit counts: another one would change nothing and wake nobody.
      </p>
    );
  }
  return (
    <>
      {plan.outcome === "overwritten" && (
        <p className="text-pending">
          It was emitted before. This version of the engine overwrites its payload.
        </p>
      )}
      <p>
        {plan.wakesCount === 0
          ? "Nobody waits for it now. It is stored, and who asks for it later gets it at once."
          : `Wakes ${plural(plan.wakesCount, "task")}:`}
      </p>
      <ul className="mt-1 max-h-40 overflow-auto text-12">
        {plan.wakes.map((wake) => (
          <li key={wake.runId} className="flex min-h-6 items-center gap-2">
            <Link
              href={taskPath(queue, wake.taskId)}
              className="min-w-0 truncate font-medium text-accent-text hover:underline"
            >
              {wake.taskName}
            </Link>
            <code className="mono text-ink-3">{formatShortId(wake.taskId)}</code>
            <span className="ml-auto whitespace-nowrap text-ink-3">
              {wake.timeoutAt ? <RelativeTime iso={wake.timeoutAt} /> : "waits for ever"}
            </span>
          </li>
        ))}
      </ul>
      {plan.wakesCount > plan.wakes.length && (
        <p className="text-12 text-ink-3">
          and {plural(plan.wakesCount - plan.wakes.length, "more task")}
        </p>
      )}
    </>
  );
}
