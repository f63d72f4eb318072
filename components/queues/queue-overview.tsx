"use client";
import Link from "next/link";
import { BulkButton } from "@/components/bulk/bulk-button";
import { LiveData } from "@/components/layout/live-data";
import { queueEventsPath, queueTasksPath } from "@/components/layout/paths";
import { ReadError } from "@/components/layout/read-error";
import { SpawnButton } from "@/components/tasks/spawn-button";
import { StateIcon } from "@/components/tasks/state-icon";
import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { CountText, NumberText } from "@/components/ui/count";
import { Fact, Facts } from "@/components/ui/facts";
import { Panel } from "@/components/ui/panel";
import { AbsoluteTime } from "@/components/ui/relative-time";
import { Skeleton } from "@/components/ui/skeleton";
import { TASK_STATES } from "@/lib/absurd/types";
import type { Queue } from "@/lib/analytics/types";
import { ApiError } from "@/lib/query/api";
import { taskFilters } from "@/lib/search-params/tasks";
import { Attention } from "./attention";
import { OldestReady } from "./oldest-ready";
import { stateCount } from "./state-count";
import { useQueues } from "./use-queues";

const FRAME = "flex flex-col gap-3 p-3 wide:px-4";

/** One queue: its figures, what is wrong with it, and the ways into it. */
export function QueueOverview({ name }: { name: string }) {
  const query = useQueues();
  return (
    <LiveData query={query} skeleton={<QueueOverviewSkeleton />}>
      {({ queues }) => {
        const queue = queues.find((one) => one.name === name);
        if (queue) return <Figures queue={queue} />;
        const error = new ApiError(404, {
          code: "queue_not_found",
          message: `No queue is called “${name}”. It may have been dropped.`,
        });
        return <ReadError error={error} onRetry={() => query.refetch()} />;
      }}
    </LiveData>
  );
}

function Figures({ queue }: { queue: Queue }) {
  const tasks = queueTasksPath(queue.name);
  return (
    <div className={FRAME}>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 break-words font-semibold text-20 tracking-tight">{queue.name}</h1>
        <Badge>{queue.storageMode}</Badge>
        <span className="flex gap-2 wide:ml-auto">
          <SpawnButton queue={queue.name} />
          <BulkButton
            label="Bulk"
            selection={() => ({ filters: taskFilters({ queue: [queue.name] }) })}
          />
          <Link href={tasks} className={buttonClass()}>
            Tasks
          </Link>
          <Link href={queueEventsPath(queue.name)} className={buttonClass()}>
            Events
          </Link>
        </span>
      </header>
      {queue.unreadable && <p className="text-failed">{queue.unreadable}</p>}
      <Facts>
        <Fact label="Ready">
          <NumberText value={queue.ready} />
        </Fact>
        <Fact label="Oldest waits">
          <OldestReady iso={queue.oldestReadyAt} />
        </Fact>
        <Fact label="Overdue sleepers">
          <NumberText value={queue.overdueSleepers} tone="warning" />
        </Fact>
        <Fact label="Lost leases">
          <NumberText value={queue.expiredLeases} tone="bad" />
        </Fact>
        <Fact label="Created">
          <AbsoluteTime iso={queue.createdAt} />
        </Fact>
      </Facts>
      <Attention queues={[queue]} />
      <Panel title="Tasks by state">
        <ul className="grid grid-cols-2 wide:grid-cols-6">
          {TASK_STATES.map((state) => (
            <li key={state} className="border-line-subtle border-r border-b last:border-r-0">
              <Link
                href={`${tasks}?state=${state}`}
                className="block px-3 py-2 -outline-offset-2 hover:bg-hover"
              >
                <span className="flex items-center gap-1.5 text-12 text-ink-2">
                  <StateIcon state={state} />
                  {state}
                </span>
                <span className="font-semibold text-20">
                  <CountText count={stateCount(queue, state)} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

export function QueueOverviewSkeleton() {
  return (
    <div role="status" aria-label="Loading" className={FRAME}>
      <Skeleton className="h-5 w-48" />
      <Skeleton className="w-96 max-w-full" />
      <Panel title="Tasks by state">
        <div className="h-[66px]" />
      </Panel>
    </div>
  );
}
