"use client";
import { LiveData } from "@/components/layout/live-data";
import { useTenants } from "@/components/tenants/tenants-provider";
import { useHotkeys } from "@/components/ui/hotkeys";
import { Panel } from "@/components/ui/panel";
import { SkeletonRows } from "@/components/ui/skeleton";
import { plural } from "@/lib/format";
import { CreateQueueButton } from "./create-queue-button";
import { NoQueues } from "./no-queues";
import { QueueTable } from "./queue-table";
import { useQueues } from "./use-queues";

/** Every queue with its figures. */
export function QueueList() {
  const query = useQueues();
  const restricted = useTenants() !== null;
  useHotkeys({ r: () => query.refetch() });
  return (
    <LiveData query={query} skeleton={<QueueListSkeleton />}>
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
            aside="active counts are exact, others estimated where marked ≈"
          >
            {queues.length === 0 ? <NoQueues /> : <QueueTable queues={queues} />}
          </Panel>
        </div>
      )}
    </LiveData>
  );
}

export function QueueListSkeleton() {
  return (
    <div className="p-3 wide:px-4">
      <Panel title="Queues">
        <SkeletonRows rows={8} columns={8} />
      </Panel>
    </div>
  );
}
