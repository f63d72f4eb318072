"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryState } from "nuqs";
import { useWindowRefresh } from "@/components/charts/use-window";
import { LiveData } from "@/components/layout/live/live-data";
import { TenantFilter } from "@/components/tenants/tenant-filter";
import { TenantScope } from "@/components/tenants/tenant-scope";
import { useTenants } from "@/components/tenants/tenants-provider";
import { Panel } from "@/components/ui/data/panel";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { plural } from "@/lib/format";
import { throughputQuery } from "@/lib/query/overview";
import { tenantSearchParams } from "@/lib/search-params/tenants";
import { useQueues } from "../use-queues";
import { CreateQueueButton } from "./create-queue-button";
import { NoQueues } from "./no-queues";
import { QueueTable } from "./queue-table";

const COLUMNS = [
  "ready",
  "oldest",
  "pending",
  "running",
  "sleeping",
  "overdue",
  "lost",
  "completed",
  "failed",
  "cancelled",
  "attempts",
] as const;

/** Every queue with its figures, and the attempts of the last hour. */
export function QueueList() {
  const [tenant, setTenant] = useQueryState(
    "tenant",
    tenantSearchParams.tenant.withOptions({ history: "push" }),
  );
  const query = useQueues(tenant);
  const restricted = useTenants() !== null;
  const throughput = useQuery({
    ...throughputQuery({ range: "1h", tenant }),
    refetchInterval: useWindowRefresh("1h"),
  });
  return (
    <TenantScope tenants={tenant}>
      <div className="p-3 wide:px-4">
        <h1 className="sr-only">Queues</h1>
        <div className="mb-3 flex justify-end gap-2 empty:hidden">
          <TenantFilter chosen={tenant} onChange={setTenant} />
          {!restricted && <CreateQueueButton />}
        </div>
        <LiveData query={query} skeleton={<ListSkeleton />}>
          {({ queues }) => (
            <Panel
              title="Queues"
              note={plural(queues.length, "queue")}
              aside={
                <span className="max-wide:hidden">
                  {`active counts are exact, others ${tenant.length > 0 ? "at least" : "estimated"} where marked ${tenant.length > 0 ? "+" : "≈"}; attempts of the last hour`}
                </span>
              }
            >
              {queues.length === 0 ? (
                <NoQueues />
              ) : (
                <QueueTable queues={queues} throughput={throughput.data} columns={COLUMNS} />
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
