"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import { Sparkline } from "@/components/charts/sparkline";
import { FailureError } from "@/components/failures/failure-error";
import { Outcomes } from "@/components/failures/failure-outcomes";
import { failuresPath } from "@/components/failures/paths";
import { LiveData } from "@/components/layout/live/live-data";
import { useWindowRefresh } from "@/components/layout/window/use-window";
import { WINDOW_WORDS } from "@/components/layout/window/window-switch";
import { ScopedLink, useTenantScope } from "@/components/tenants/tenant-scope";
import { Panel } from "@/components/ui/data/panel";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { Icon } from "@/components/ui/icons/icon";
import { RelativeTime } from "@/components/ui/text/relative-time";
import { formatNumber, plural } from "@/lib/format";
import type { TopFailures as Failures } from "@/lib/live/readings";
import type { TopFailureGroup } from "@/lib/model/rows/failure";
import type { Window } from "@/lib/search-params/windows";

const ROWS = 6;

/** The error groups with the most failed attempts. */
export function TopFailures({
  query,
  window,
}: {
  query: UseQueryResult<Failures>;
  window: Window;
}) {
  return (
    <Panel
      title="Top failures"
      note={`by task and error, ${WINDOW_WORDS[window]}`}
      aside={
        <ScopedLink
          href={failuresPath({ range: window })}
          className="text-accent-text hover:underline"
        >
          All failures
        </ScopedLink>
      }
    >
      <LiveData
        query={query}
        every={useWindowRefresh(window)}
        skeleton={<SkeletonRows rows={ROWS} columns={4} />}
      >
        {({ groups, unreadable }) =>
          groups.length === 0 ? (
            <NoFailures isComplete={unreadable.length === 0} />
          ) : (
            <ul className="-mb-px">
              {groups.slice(0, ROWS).map((group) => (
                <TopFailure key={group.id} group={group} window={window} />
              ))}
            </ul>
          )
        }
      </LiveData>
    </Panel>
  );
}

function TopFailure({ group, window }: { group: TopFailureGroup; window: Window }) {
  const tenant = useTenantScope();
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 border-line-subtle border-b px-3 py-1.5 hover:bg-hover wide:grid-cols-[minmax(0,1fr)_96px_auto]">
      <div className="min-w-0">
        <ScopedLink
          data-row
          href={failuresPath({ range: window, group: group.id })}
          dir="auto"
          className="block truncate text-left font-medium after:absolute after:inset-0 hover:text-accent-text"
        >
          {group.taskName}
        </ScopedLink>
        <span
          className="block truncate"
          data-tip={`${group.errorName ?? ""} ${group.pattern}`.trim()}
        >
          <FailureError name={group.errorName} pattern={group.pattern} />
        </span>
      </div>
      <span className="hidden wide:block">
        <Sparkline values={group.trend} tone="bad" />
      </span>
      <div className="w-40 text-right xwide:w-52">
        <span className="flex justify-end gap-2">
          <span className="text-12 text-ink-3">
            <RelativeTime iso={group.lastAt} />
          </span>
          <strong className="font-semibold" data-tip={plural(group.attempts, "failed attempt")}>
            {formatNumber(group.attempts)}
          </strong>
        </span>
        <Outcomes group={group} tenant={tenant} className="justify-end" />
      </div>
    </li>
  );
}

/** Shows an all-clear only if every queue could be read. */
export function NoFailures({ isComplete }: { isComplete: boolean }) {
  return (
    <p className="flex min-h-9 items-center gap-2 px-3 text-ink-2">
      <Icon
        name={isComplete ? "circle-check" : "hourglass"}
        strokeWidth={2}
        size={14}
        className={isComplete ? "text-completed-solid" : "text-ink-3"}
      />
      {isComplete ? "No attempt failed." : "No attempt failed in the queues that could be read."}
    </p>
  );
}
