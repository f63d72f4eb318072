"use client";
import { total } from "@/components/charts/stack";
import { QueueTable } from "@/components/queues/list/queue-table";
import { ScopedLink } from "@/components/tenants/tenant-scope";
import { Panel } from "@/components/ui/data/panel";
import type { Throughput } from "@/lib/analytics/overview";
import type { Queue, QueueList } from "@/lib/model/queue";

const ROWS = 12;

/** The busiest queues, with backlog, problems, throughput and failure rate. */
export function QueueHealth({
  list: { queues, now },
  throughput,
}: {
  list: QueueList;
  throughput: Throughput | undefined;
}) {
  const shown = pickBusiest(queues, throughput, ROWS);
  return (
    <Panel
      title="Queues"
      note={shown.length < queues.length && `${shown.length} busiest of ${queues.length}`}
      aside={
        <ScopedLink href="/queues" className="text-accent-text hover:underline">
          All queues
        </ScopedLink>
      }
    >
      <QueueTable
        queues={shown}
        now={now}
        throughput={throughput}
        columns={[
          "ready",
          "oldestReady",
          "running",
          "sleeping",
          "overdue",
          "expiredLeases",
          "failureRate",
          "completedAttempts",
          "attempts",
        ]}
      />
    </Panel>
  );
}

/** Picks the queues with the most ready, running and finished work, in their given order so that rows don't jump. */
export function pickBusiest(
  queues: readonly Queue[],
  throughput: Throughput | undefined,
  limit: number,
): Queue[] {
  const done = new Map(
    throughput?.queues.map(({ name, completed, failed }) => [
      name,
      total(completed) + total(failed),
    ]),
  );
  const weight = ({ name, active, ready, unreadable }: Queue) =>
    (unreadable ? Number.POSITIVE_INFINITY : ready + active.running) + (done.get(name) ?? 0);
  const chosen = new Set([...queues].sort((a, b) => weight(b) - weight(a)).slice(0, limit));
  return queues.filter((queue) => chosen.has(queue));
}
