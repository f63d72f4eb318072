"use client";
import Link from "next/link";
import { LiveData } from "@/components/layout/live-data";
import { useHotkeys } from "@/components/ui/hotkeys";
import { Panel } from "@/components/ui/panel";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Attention } from "./attention";
import { NoQueues } from "./no-queues";
import { QueueTable } from "./queue-table";
import { useQueues } from "./use-queues";

/** Is it healthy? What needs attention, then every queue's figures. */
export function Overview() {
  const query = useQueues();
  useHotkeys({ r: () => query.refetch() });
  return (
    <LiveData query={query} skeleton={<OverviewSkeleton />}>
      {({ queues }) =>
        queues.length === 0 ? (
          <NoQueues />
        ) : (
          <div className="flex flex-col gap-3 p-3 wide:px-4">
            <h1 className="sr-only">Overview</h1>
            <Attention queues={queues} />
            <Panel
              title="Queues"
              note={`${queues.filter(isBusy).length} active`}
              aside={
                <Link href="/queues" className="text-accent-text hover:underline">
                  All queues
                </Link>
              }
            >
              <QueueTable queues={queues} />
            </Panel>
          </div>
        )
      }
    </LiveData>
  );
}

function isBusy({ active }: { active: { pending: number; running: number; sleeping: number } }) {
  return active.pending + active.running + active.sleeping > 0;
}

export function OverviewSkeleton() {
  return (
    <div className="flex flex-col gap-3 p-3 wide:px-4">
      <Panel title="Needs attention">
        <div className="h-9" />
      </Panel>
      <Panel title="Queues">
        <SkeletonRows rows={8} columns={8} />
      </Panel>
    </div>
  );
}
