"use client";
import { useQuery } from "@tanstack/react-query";
import { formatStateTitle, usePageTitle } from "@/components/layout/frame/page-title";
import { LiveData } from "@/components/layout/live/live-data";
import { polled, untilNext } from "@/components/layout/live/polling";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { TaskActions } from "@/components/tasks/actions/task-actions";
import { StateBadge } from "@/components/tasks/state/state-label";
import { Skeleton, SkeletonRows } from "@/components/ui/feedback/skeleton";
import { CopyButton } from "@/components/ui/form/copy-button";
import { Name } from "@/components/ui/text/name";
import { toMs } from "@/lib/model/instants";
import { isActive } from "@/lib/model/states";
import type { TaskDetail } from "@/lib/model/task";
import { taskQuery } from "@/lib/query/task";
import { TaskFacts } from "./task-facts";
import { TaskTabs } from "./task-tabs";

/** Maximum refetch interval of an unfinished task, in milliseconds. */
const UNFINISHED_MS = 1_000;

/** For how long after an instant has passed the task is requested every second, changes or not. In milliseconds. */
const JUST_PASSED = 5_000;

/** The longest interval, in milliseconds: the verdict of a waiting task is about recent claims on its queue. */
const LONGEST_MS = 15_000;

/** One task: header, verdict, actions and tabs. */
export function TaskPage({ queue, taskId }: { queue: string; taskId: string }) {
  const interval = useRefreshInterval();
  // A step or lease can change within a second, and a due time can pass at any moment.
  const every = interval && Math.min(interval, UNFINISHED_MS);
  const isOver = (data: TaskDetail | undefined) => data && !isActive(data.task.state);
  const query = useQuery({
    ...taskQuery(queue, taskId),
    refetchInterval: polled<TaskDetail>(({ state }) => !isOver(state.data) && every, untilDue),
  });
  return (
    <LiveData
      whole
      every={isOver(query.data) ? null : every}
      query={query}
      skeleton={<TaskPageSkeleton />}
    >
      {(detail) => (
        <div className="flex flex-1 flex-col bg-surface">
          <header className="flex flex-col gap-3 px-3 pt-3 pb-2 wide:px-4">
            <TaskActions detail={detail} title={<Title detail={detail} />} />
            <TaskFacts detail={detail} />
          </header>
          <TaskTabs detail={detail} />
        </div>
      )}
    </LiveData>
  );
}

/** Milliseconds to the next wake, timeout or end of a lease; none if one has just passed. */
function untilDue({ runs, waits, now }: TaskDetail): number {
  const run = runs.at(-1);
  const instants = [run?.availableAt, run?.claimExpiresAt, ...waits.map((wait) => wait.timeoutAt)];
  const hasJustPassed = instants.some((at) => {
    const behind = at ? toMs(now) - toMs(at) : Number.NaN;
    return behind >= 0 && behind < JUST_PASSED;
  });
  return hasJustPassed ? 0 : Math.min(untilNext(now, instants), LONGEST_MS);
}

function Title({ detail: { task } }: { detail: TaskDetail }) {
  usePageTitle(formatStateTitle(task.name, task.state));
  return (
    <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2.5 gap-y-1">
      <h1
        className="line-clamp-3 min-w-0 break-all font-semibold text-20 tracking-tight"
        data-tip={task.name}
      >
        <Name text={task.name} />
      </h1>
      <StateBadge state={task.state} />
      <span className="flex min-w-0 items-center text-ink-2">
        <code className="mono truncate">{task.taskId}</code>
        <CopyButton text={task.taskId} label="Copy task id" />
      </span>
    </div>
  );
}

export function TaskPageSkeleton() {
  return (
    <div className="flex flex-1 flex-col bg-surface">
      <div className="flex flex-col gap-4 px-3 py-4 wide:px-4">
        <Skeleton className="h-5 w-64" />
        <div className="h-10 rounded-2 bg-canvas" />
        <Skeleton className="w-96 max-w-full" />
      </div>
      <div className="h-8 border-b" />
      <SkeletonRows rows={8} columns={5} />
    </div>
  );
}
