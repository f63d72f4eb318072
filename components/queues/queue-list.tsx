"use client";
import { useQuery } from "@tanstack/react-query";
import { useWindowRefresh } from "@/components/charts/use-window";
import { LiveData } from "@/components/layout/live-data";
import { useTenants } from "@/components/tenants/tenants-provider";
import { useHotkeys } from "@/components/ui/hotkeys";
import { Panel } from "@/components/ui/panel";
import { SkeletonRows } from "@/components/ui/skeleton";
import { plural } from "@/lib/format";
import { throughputQuery } from "@/lib/query/overview";
import { CreateQueueButton } from "./create-queue-button";
import { NoQueues } from "./no-queues";
import { QueueTable } from "./queue-table";
import { useQueues } from "./use-queues";

/** Every queue with its figures, and the attempts of the last hour. */
export function QueueList() {
  const query = useQueues();
  const restricted = useTenants() !== null;
  const throughput = useQuery({
    ...throughputQuery("1h"),
    refetchInterval: useWindowRefresh("1h"),
  });
  useHotkeys({
    r: () => {
      query.refetch();
      throughput.refetch();
    },
  });
  return (
    <LiveData whole query={query} skeleton={<QueueListSkeleton />}>
      {({ queues }) => (
        <div className="p-3 wide:px-4">
          <h1 className="sr-only">Queues</h1>
          {!restricted && (
            <div className="mb-3 flex justify-end">
              <CreateQueueButton />
            </div>
          )}
          <Panel
            title="Queues"
            note={plural(queues.length, "queue")}
            aside={
              <span className="max-wide:hidden">
                active counts are exact, others estimated where marked ≈; attempts of the last hour
              </span>
            }
          >
            {queues.length === 0 ? (
              <NoQueues />
            ) : (
              <QueueTable
                queues={queues}
                throughput={throughput.data}
                columns={[
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
                ]}
              />
            )}
          </Panel>
        </div>
      )}
    </LiveData>
  );
}

export function QueueListSkeleton() {
  return (
    <div className="p-3 wide:px-4">
      <div className="mb-3 h-9 wide:h-7" />
      <Panel title="Queues">
        <SkeletonRows rows={8} columns={8} />
      </Panel>
    </div>
  );
}
