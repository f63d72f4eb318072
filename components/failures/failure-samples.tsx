import { taskPath } from "@/components/layout/paths";
import { StateLabel } from "@/components/tasks/state/state-label";
import { buttonClass } from "@/components/ui/form/button";
import { Link } from "@/components/ui/text/link";
import { RelativeTime } from "@/components/ui/text/relative-time";
import { formatShortId } from "@/lib/format";
import type { FailureGroup } from "@/lib/model/failure";
import type { FailureFilters } from "@/lib/search-params/windows";
import { groupTasksPath } from "./paths";
import { RetryGroup } from "./retry-group";

/** The tasks of a group that failed last, each with the message as it was. */
export function FailureSamples({
  group,
  filters,
}: {
  group: FailureGroup;
  filters: FailureFilters;
}) {
  return (
    <div className="border-line-subtle border-t bg-canvas pb-2">
      <ul aria-label="Latest of these failures" className="py-1">
        {group.samples.map((sample) => (
          <li
            key={sample.taskId}
            className="relative flex flex-wrap items-baseline gap-x-3 px-3 py-1 hover:bg-hover wide:px-4 wide:pl-10"
          >
            <Link
              href={taskPath(sample.queue, sample.taskId)}
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
            {sample.tenantId !== null && (
              <span className="w-24 truncate text-12 text-ink-2" title={sample.tenantId}>
                {sample.tenantId}
              </span>
            )}
            <span
              className="mono min-w-0 flex-1 basis-60 truncate text-ink-2"
              title={sample.message}
            >
              {sample.message || "without a message"}
            </span>
            <span className="text-12 text-ink-3">
              attempt {sample.attempt}, <RelativeTime iso={sample.failedAt} />
            </span>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2 px-3 wide:pl-10">
        <RetryGroup group={group} filters={filters} />
        <Link
          href={groupTasksPath(group, ["failed", "pending", "running", "sleeping"], filters.tenant)}
          className={buttonClass()}
        >
          Show {group.taskName.length > 30 ? "its" : group.taskName} tasks
        </Link>
      </div>
    </div>
  );
}
