"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { LiveData } from "@/components/layout/live/live-data";
import { polled } from "@/components/layout/live/polling";
import { useWindowRefresh } from "@/components/layout/window/use-window";
import { WindowSwitch } from "@/components/layout/window/window-switch";
import { Attention } from "@/components/queues/attention";
import { NoQueues } from "@/components/queues/list/queue-table";
import { useQueues } from "@/components/queues/use-queues";
import { TenantFilter } from "@/components/tenants/tenant-filter";
import { TenantScope } from "@/components/tenants/tenant-scope";
import { Panel } from "@/components/ui/data/panel";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { topFailuresQuery } from "@/lib/query/failures";
import { latencyQuery, throughputQuery } from "@/lib/query/overview";
import { figuresSearchParams } from "@/lib/search-params/windows";
import { LatencyPanel } from "./latency-panel";
import { QueueHealth } from "./queue-health";
import { ThroughputPanel } from "./throughput-panel";
import { TopFailures } from "./top-failures";

const FRAME = "flex flex-col gap-3 p-3 wide:px-4";
const PAIR = "grid gap-3 xwide:grid-cols-2";
/** Very wide screens add a third column beside the queue table. */
const THIRDS = "grid gap-3 huge:grid-cols-[minmax(0,2fr)_minmax(0,1fr)] huge:items-start";

/** Answers whether the system is healthy: first what needs attention, then the numbers behind it. */
export function Overview() {
  const [filters, setFilters] = useQueryStates(figuresSearchParams, { history: "push" });
  const { range: window, tenant } = filters;
  const refetchInterval = polled(useWindowRefresh(window));
  const queues = useQueues(tenant);
  const throughput = useQuery({ ...throughputQuery(filters), refetchInterval });
  const failures = useQuery({ ...topFailuresQuery(filters), refetchInterval });
  const latency = useQuery({ ...latencyQuery(filters), refetchInterval });
  return (
    <TenantScope tenants={tenant}>
      <div className={FRAME}>
        <div className="flex flex-wrap items-center gap-2">
          <h1 className="font-semibold text-16">Overview</h1>
          <span className="ml-auto flex flex-wrap items-center gap-2">
            <TenantFilter chosen={tenant} onChange={(chosen) => setFilters({ tenant: chosen })} />
            <WindowSwitch value={window} onChange={(range) => setFilters({ range })} />
          </span>
        </div>
        <LiveData query={queues} skeleton={<PanelsSkeleton />}>
          {(list) =>
            list.queues.length === 0 ? (
              <NoQueues />
            ) : (
              <>
                <div className={PAIR}>
                  <Attention
                    page="Overview"
                    list={list}
                    throughput={throughput.data}
                    groups={failures.data?.groups}
                    tenants={tenant}
                  />
                  <ThroughputPanel query={throughput} window={window} />
                </div>
                <div className={THIRDS}>
                  <QueueHealth list={list} throughput={throughput.data} />
                  <div className="grid items-start gap-3 xwide:grid-cols-[minmax(0,8fr)_minmax(0,7fr)] huge:grid-cols-1">
                    <LatencyPanel query={latency} window={window} />
                    <TopFailures query={failures} window={window} />
                  </div>
                </div>
              </>
            )
          }
        </LiveData>
      </div>
    </TenantScope>
  );
}

export function OverviewSkeleton() {
  return (
    <div className={FRAME}>
      <div className="h-9 wide:h-7" />
      <PanelsSkeleton />
    </div>
  );
}

function PanelsSkeleton() {
  return (
    <>
      <div className={PAIR}>
        <Panel title="Needs attention">
          <div className="h-[204px]" />
        </Panel>
        <Panel title="Throughput">
          <div className="h-[204px]" />
        </Panel>
      </div>
      <Panel title="Queues">
        <SkeletonRows rows={8} columns={8} />
      </Panel>
    </>
  );
}
