"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryState } from "nuqs";
import { useSectionFigures } from "@/components/layout/frame/section-counts";
import { LiveData } from "@/components/layout/live/live-data";
import { polled } from "@/components/layout/live/polling";
import { useWindowRefresh } from "@/components/layout/window/use-window";
import { TenantFilter } from "@/components/tenants/tenant-filter";
import { TenantScope } from "@/components/tenants/tenant-scope";
import { useTenants } from "@/components/tenants/tenants-provider";
import { Panel } from "@/components/ui/data/panel";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { plural } from "@/lib/format";
import { throughputQuery } from "@/lib/query/overview";
import { tenantSearchParams } from "@/lib/search-params/tenants";
import { sumFigures } from "../section-figures";
import { useQueues } from "../use-queues";
import { CreateQueueButton } from "./create-queue-button";
import { NoQueues, QueueTable } from "./queue-table";

const COLUMNS = [
  "ready",
  "oldestReady",
  "pending",
  "running",
  "sleeping",
  "overdue",
  "expiredLeases",
  "completed",
  "failed",
  "cancelled",
  "attempts",
] as const;

/** All queues with their counts and the attempts of the last hour. */
export function QueueList() {
  const [tenant, setTenant] = useQueryState(
    "tenant",
    tenantSearchParams.tenant.withOptions({ history: "push" }),
  );
  const query = useQueues(tenant);
  const restricted = useTenants() !== null;
  const throughput = useQuery({
    ...throughputQuery({ range: "1h", tenant }),
    refetchInterval: polled(useWindowRefresh("1h")),
  });
  useSectionFigures(
    query.data &&
      sumFigures(query.data, { throughput: throughput.data, concerns: null, tenants: tenant }),
  );
  return (
    <TenantScope tenants={tenant}>
      <div className="p-3 wide:px-4">
        <h1 className="sr-only">Queues</h1>
        <div className="mb-3 flex justify-end gap-2 empty:hidden">
          <TenantFilter chosen={tenant} onChange={setTenant} />
          {!restricted && <CreateQueueButton />}
        </div>
        <LiveData query={query} skeleton={<ListSkeleton />}>
          {({ queues, now }) => (
            <Panel
              title="Queues"
              note={plural(queues.length, "queue")}
              aside={
                <span className="max-wide:hidden">
                  {tenant.length > 0
                    ? "+ means at least; attempts in the last hour"
                    : "≈ means estimated; attempts in the last hour"}
                </span>
              }
            >
              {queues.length === 0 ? (
                <NoQueues />
              ) : (
                <QueueTable
                  queues={queues}
                  now={now}
                  throughput={throughput.data}
                  columns={COLUMNS}
                />
              )}
            </Panel>
          )}
        </LiveData>
      </div>
    </TenantScope>
  );
}

export function QueueListSkeleton() {
  return (
    <div className="p-3 wide:px-4">
      <div className="mb-3 h-9 wide:h-7" />
      <ListSkeleton />
    </div>
  );
}

function ListSkeleton() {
  return (
    <Panel title="Queues">
      <SkeletonRows rows={8} columns={8} />
    </Panel>
  );
}
