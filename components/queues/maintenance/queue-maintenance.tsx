"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import { LiveData } from "@/components/layout/live/live-data";
import { Panel } from "@/components/ui/data/panel";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import type { QueueMaintenance } from "@/lib/analytics/queue-maintenance";
import { PolicyPanel } from "../policy/policy-panel";
import { PartitionsPanel } from "./partitions-panel";
import { StoragePanel } from "./storage-panel";

/** Policy, disk usage and partitions of a queue. */
export function QueueMaintenancePanels({
  queue,
  query,
}: {
  queue: string;
  query: UseQueryResult<QueueMaintenance>;
}) {
  return (
    <>
      <h2 className="mt-1 font-semibold text-14">Maintenance</h2>
      <LiveData
        every={null}
        query={query}
        skeleton={
          <div className="grid gap-3 xwide:grid-cols-2">
            <Panel title="Policy">
              <SkeletonRows rows={2} columns={2} />
            </Panel>
            <Panel title="Disk usage">
              <SkeletonRows rows={5} columns={4} />
            </Panel>
          </div>
        }
      >
        {({ policy, engine, storage, partitions }) => (
          <div className="grid items-start gap-3 xwide:grid-cols-2">
            <div className="flex min-w-0 flex-col gap-3">
              <PolicyPanel policy={policy} engine={engine} />
              {partitions && <StoragePanel tables={storage} />}
            </div>
            {partitions ? (
              <PartitionsPanel queue={queue} partitions={partitions} />
            ) : (
              <StoragePanel tables={storage} />
            )}
          </div>
        )}
      </LiveData>
    </>
  );
}
