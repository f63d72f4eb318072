import { StateLabel } from "@/components/tasks/state/state-label";
import { Preview } from "@/components/ui/data/preview";
import { Skeleton } from "@/components/ui/feedback/skeleton";
import { Icon } from "@/components/ui/icons/icon";
import type { BulkPreview as Plan } from "@/lib/bulk/preview";
import { formatCount, formatNumber, formatShortId } from "@/lib/format";

/** What a bulk action would do, before it does: how many, which, and why not the others. */
export function BulkPreview({
  preview,
  problem,
}: {
  preview: Plan | undefined;
  problem: string | undefined;
}) {
  return (
    <Preview
      problem={problem}
      waiting={
        <div role="status" aria-label="Counting" className="flex flex-col gap-3 py-1">
          <Skeleton className="w-56" />
          <Skeleton className="w-40" />
        </div>
      }
      className="mt-3 min-h-24"
    >
      {preview && <Counts preview={preview} />}
    </Preview>
  );
}

function Counts({ preview: { eligible, ineligible, sample } }: { preview: Plan }) {
  return (
    <>
      <p className="flex items-center gap-2 px-3 py-2 font-medium">
        <Icon name="circle-check" className="text-completed-solid" />
        {formatCount(eligible)} {eligible.value === 1 ? "task" : "tasks"} will be acted on
      </p>
      {ineligible.map(({ reason, count }) => (
        <p key={reason} className="flex items-center gap-2 px-3 pb-1.5 text-ink-2">
          <Icon name="circle-slash" className="text-ink-3" />
          {formatNumber(count)} left alone: {reason}
        </p>
      ))}
      {sample.length > 0 && (
        <ul className="border-t px-3 py-1.5 text-12">
          {sample.map((task) => (
            <li key={`${task.queue}/${task.taskId}`} className="flex min-w-0 items-center gap-2">
              <span className="w-20 shrink-0">
                <StateLabel state={task.state} />
              </span>
              <span className="min-w-0 flex-1 truncate font-medium">{task.name}</span>
              <code className="mono text-ink-3">{formatShortId(task.taskId)}</code>
            </li>
          ))}
          {eligible.value > sample.length && <li className="text-ink-3">and more, newest first</li>}
        </ul>
      )}
    </>
  );
}
