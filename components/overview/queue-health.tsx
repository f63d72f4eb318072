"use client";
import { QueueTable } from "@/components/queues/list/queue-table";
import { ScopedLink } from "@/components/tenants/tenant-scope";
import { Panel } from "@/components/ui/data/panel";
import type { Throughput } from "@/lib/analytics/overview";
import type { Queue } from "@/lib/model/queue";
import { busiest } from "./busiest";

const ROWS = 12;

/** The busiest queues: what waits, what is wrong, how much is done and how it ends. */
export function QueueHealth({
  queues,
  throughput,
}: {
  queues: readonly Queue[];
  throughput: Throughput | undefined;
}) {
  const shown = busiest(queues, throughput, ROWS);
  return (
    <Panel
      title="Queues"
      note={shown.length < queues.length && `the ${shown.length} busiest of ${queues.length}`}
      aside={
        <ScopedLink href="/queues" className="text-accent-text hover:underline">
          All queues
        </ScopedLink>
      }
    >
      <QueueTable
        queues={shown}
        throughput={throughput}
        columns={[
          "ready",
          "oldest",
          "running",
          "sleeping",
          "overdue",
          "lost",
          "failing",
          "done",
          "attempts",
        ]}
      />
    </Panel>
  );
}
