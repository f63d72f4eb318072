import Link from "next/link";
import { taskPath } from "@/components/layout/paths";
import { StateLabel } from "@/components/tasks/state-badge";
import { RelativeTime } from "@/components/ui/relative-time";
import type { FailureGroup } from "@/lib/analytics/failure-groups";
import { formatShortId } from "@/lib/format";

/** The tasks of a group that failed last, each with the message as it was. */
export function FailureSamples({ group }: { group: FailureGroup }) {
  return (
    <ul
      aria-label="Latest of these failures"
      className="border-line-subtle border-t bg-canvas py-1"
    >
      {group.samples.map((sample) => (
        <li
          key={sample.taskId}
          className="relative flex flex-wrap items-baseline gap-x-3 px-3 py-1 hover:bg-hover wide:px-4 wide:pl-10"
        >
          <Link
            href={taskPath(sample.queue, sample.taskId)}
            prefetch={false}
            title={sample.taskId}
            className="mono after:absolute after:inset-0 hover:text-accent-text"
          >
            {formatShortId(sample.taskId)}
          </Link>
          <span className="w-24">
            <StateLabel state={sample.state} />
          </span>
          <span className="w-24 truncate text-12 text-ink-2" title={sample.queue}>
            {sample.queue}
          </span>
          <span className="mono min-w-0 flex-1 basis-60 truncate text-ink-2" title={sample.message}>
            {sample.message || "without a message"}
          </span>
          <span className="text-12 text-ink-3">
            attempt {sample.attempt}, <RelativeTime iso={sample.failedAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}
