"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryState } from "nuqs";
import { LiveData } from "@/components/layout/live/live-data";
import { polled } from "@/components/layout/live/polling";
import { ReadError } from "@/components/layout/live/read-error";
import { queueEventsPath, queueTasksPath } from "@/components/layout/paths";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { useWindow, useWindowRefresh } from "@/components/layout/window/use-window";
import { BulkButton } from "@/components/tasks/bulk/bulk-button";
import { SpawnButton } from "@/components/tasks/spawn/spawn-button";
import { TenantFilter } from "@/components/tenants/tenant-filter";
import { ScopedLink, TenantScope, useTenantScope } from "@/components/tenants/tenant-scope";
import { useTenants } from "@/components/tenants/tenants-provider";
import { Fact, Facts } from "@/components/ui/data/facts";
import { Panel } from "@/components/ui/data/panel";
import { Skeleton } from "@/components/ui/feedback/skeleton";
import { buttonClass } from "@/components/ui/form/button";
import { Badge } from "@/components/ui/text/badge";
import { NumberText } from "@/components/ui/text/count";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import type { Iso } from "@/lib/model/instants";
import { ProblemError } from "@/lib/model/problem";
import { explainUnreadable, type Queue } from "@/lib/model/queue";
import { queueFiguresQuery, queueMaintenanceQuery } from "@/lib/query/queue";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { tenantSearchParams } from "@/lib/search-params/tenants";
import { Attention } from "../attention";
import { OldestReady } from "../list/oldest-ready";
import { QueueMaintenancePanels } from "../maintenance/queue-maintenance";
import { useQueues } from "../use-queues";
import { BacklogPanel } from "./backlog-panel";
import { QueueActions } from "./queue-actions";
import { QueueActivity } from "./queue-activity";
import { TasksByState } from "./tasks-by-state";

const FRAME = "flex flex-col gap-3 p-3 wide:px-4";

/** Refetch interval of sizes and partitions, which change slowly. */
const MAINTENANCE_MS = 30_000;

/** One queue: its counts, what is wrong with it, activity and maintenance. */
export function QueueOverview({ name }: { name: string }) {
  const [tenant, setTenant] = useQueryState(
    "tenant",
    tenantSearchParams.tenant.withOptions({ history: "push" }),
  );
  const query = useQueues(tenant);
  return (
    <TenantScope tenants={tenant}>
      <LiveData whole query={query} skeleton={<QueueOverviewSkeleton />}>
        {(list) => {
          const queue = list.queues.find((one) => one.name === name);
          if (queue) return <Content queue={queue} now={list.now} onTenant={setTenant} />;
          const error = new ProblemError({
            code: "queue_not_found",
            message: `Queue "${name}" not found.`,
            hint: "It may have been dropped.",
          });
          return <ReadError heading="h1" error={error} onRetry={() => query.refetch()} />;
        }}
      </LiveData>
    </TenantScope>
  );
}

function Content({
  queue,
  now,
  onTenant,
}: {
  queue: Queue;
  now: Iso;
  onTenant: (tenants: string[]) => void;
}) {
  const tenant = useTenantScope();
  const [window] = useWindow();
  const figures = useQuery({
    ...queueFiguresQuery(queue.name, { range: window, tenant: [...tenant] }),
    enabled: queue.unreadable === undefined,
    refetchInterval: polled(useWindowRefresh(window)),
  });
  const live = useRefreshInterval() !== false;
  const readable = queue.unreadable === undefined;
  const restricted = useTenants() !== null;
  const maintenance = useQuery({
    ...queueMaintenanceQuery(queue.name),
    enabled: readable && !restricted,
    refetchInterval: live && MAINTENANCE_MS,
  });
  return (
    <div className={FRAME}>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 break-words font-semibold text-20 tracking-tight">{queue.name}</h1>
        <Badge>{queue.storageMode}</Badge>
        <TenantFilter chosen={tenant} onChange={onTenant} />
        <span className="flex flex-wrap gap-2 wide:ml-auto">
          <SpawnButton queue={queue.name} />
          <BulkButton
            label="Bulk"
            selection={() => ({
              filters: taskFilters({ queue: [queue.name], tenant: [...tenant] }),
            })}
          />
          <ScopedLink href={queueTasksPath(queue.name)} className={buttonClass()}>
            Tasks
          </ScopedLink>
          <ScopedLink href={queueEventsPath(queue.name)} className={buttonClass()}>
            Events
          </ScopedLink>
          {!restricted && (
            <QueueActions
              queue={queue}
              policySeconds={
                maintenance.data &&
                (maintenance.data.policy === null
                  ? null
                  : maintenance.data.policy.cleanupTtlSeconds)
              }
            />
          )}
        </span>
      </header>
      {queue.unreadable && <p className="text-failed">{explainUnreadable(queue.unreadable)}</p>}
      <Facts>
        <Fact label="Ready">
          <NumberText value={queue.ready} />
        </Fact>
        <Fact label="Oldest ready">
          <OldestReady iso={queue.oldestReadyAt} />
        </Fact>
        <Fact label="Overdue sleepers">
          <NumberText value={queue.overdueSleepers} tone="warning" />
        </Fact>
        <Fact label="Expired leases">
          <NumberText value={queue.expiredLeases} tone="bad" />
        </Fact>
        <Fact label="Created">
          <AbsoluteTime iso={queue.createdAt} />
        </Fact>
      </Facts>
      {readable && (
        <>
          <Attention
            page={queue.name}
            list={{ queues: [queue], now }}
            throughput={figures.data?.throughput}
          />
          <BacklogPanel
            queue={queue}
            now={now}
            flow={figures.data?.flow ? { of: figures.data.flow, at: figures.data.now } : undefined}
          />
          <TasksByState queue={queue} />
          <QueueActivity queue={queue.name} />
          {restricted ? (
            <p className="text-12 text-ink-3">
              Policy, disk usage and partitions cover all tenants of the queue, so this restricted
              dashboard does not show them, and cannot clean up or drop the queue.
            </p>
          ) : (
            <QueueMaintenancePanels queue={queue.name} query={maintenance} />
          )}
        </>
      )}
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
