import type { ReactNode } from "react";
import { Skeleton } from "@/components/ui/feedback/skeleton";
import { Icon } from "@/components/ui/icons/icon";
import { RelativeTime } from "@/components/ui/text/relative-time";
import type { Previews } from "@/lib/actions/previews/previews";
import { plural } from "@/lib/format";

export type StartPlan = Previews["start"]["data"];

/** Preview of the run and task that a start creates. */
export function StartPreview({
  plan,
  queue,
  workflowRunId,
}: {
  plan: StartPlan | undefined;
  queue: string;
  workflowRunId: string;
}) {
  return (
    <section aria-label="Preview" className="rounded-2 border bg-surface text-12">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 px-3 py-2">
        <Row label="Run">
          <code className="mono">{workflowRunId}</code>
          {plan && ` by ${plan.createdBy}`}
          {plan && plan.tenantId !== null && `, tenant ${plan.tenantId}`}
        </Row>
        <Row label="Task">
          <code className="mono">{plan?.taskName ?? "…"}</code> in {queue}
        </Row>
        <Row label="Inputs">
          {plan ? <code className="mono">{plan.inputs}</code> : <Skeleton className="w-40" />}
        </Row>
        {plan?.tags && (
          <Row label="Tags">
            <code className="mono">{plan.tags}</code>
          </Row>
        )}
      </dl>
      {plan && <Warnings warnings={plan.warnings} />}
      {plan && <ConsumerNote plan={plan} />}
    </section>
  );
}

/** Maximum number of warnings shown; the definition's page lists all of them. */
const MOST_WARNINGS = 3;

function Warnings({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  const more = warnings.length - MOST_WARNINGS;
  return (
    <div className="flex gap-2 border-t px-3 py-2 text-ink-2">
      <Icon name="triangle-alert" size={14} className="mt-0.5 shrink-0 text-pending-solid" />
      <ul aria-label="Warnings about the definition" className="min-w-0 space-y-1 break-words">
        {warnings.slice(0, MOST_WARNINGS).map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
        {more > 0 && <li>{plural(more, "more warning")}: see the definition.</li>}
      </ul>
    </div>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{label}</dt>
      <dd className="line-clamp-3 break-all">{children}</dd>
    </>
  );
}

function ConsumerNote({ plan: { takers, taskName } }: { plan: StartPlan }) {
  const { lastTakenAt, waiting } = takers;
  const isGood = lastTakenAt !== null && waiting === 0;
  return (
    <p className="flex gap-2 border-t px-3 py-2 text-ink-2">
      <Icon
        name={isGood ? "circle-check" : "triangle-alert"}
        size={14}
        className={`mt-0.5 shrink-0 ${isGood ? "text-completed-solid" : "text-pending-solid"}`}
      />
      <span className="min-w-0">
        {isGood && lastTakenAt && (
          <>
            A worker of this queue last claimed one <RelativeTime iso={lastTakenAt} />.
          </>
        )}
        {!isGood && waiting > 0 && (
          <>
            No consumer: {plural(waiting, "run")} of this queue {waiting === 1 ? "is" : "are"}{" "}
            already waiting for a worker that knows <code className="mono">{taskName}</code>.
          </>
        )}
        {!isGood && waiting === 0 && (
          <>
            No worker of this queue has claimed <code className="mono">{taskName}</code> recently.
            The run waits until one does.
          </>
        )}
      </span>
    </p>
  );
}
