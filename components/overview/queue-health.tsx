"use client";
import Link from "next/link";
import { Sparkline } from "@/components/charts/sparkline";
import { addUp, total } from "@/components/charts/stack";
import { failuresPath } from "@/components/failures/paths";
import { queuePath, queueTasksPath } from "@/components/layout/paths";
import { WAITS_MS } from "@/components/queues/concerns";
import { OldestReady } from "@/components/queues/oldest-ready";
import { Badge } from "@/components/ui/badge";
import { useClock } from "@/components/ui/clock";
import { NumberText } from "@/components/ui/count";
import { Panel } from "@/components/ui/panel";
import { Table, Td, Th } from "@/components/ui/table";
import type { Throughput } from "@/lib/analytics/throughput";
import type { Queue } from "@/lib/analytics/types";
import { cn } from "@/lib/cn";
import { formatNumber } from "@/lib/format";
import { busiest } from "./busiest";

const ROWS = 12;
const NARROW = "max-wide:hidden";

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
        <Link href="/queues" className="text-accent-text hover:underline">
          All queues
        </Link>
      }
    >
      <Table className="wide:min-w-[900px]">
        <thead className="bg-canvas">
          <tr>
            <Th>Queue</Th>
            <Th numeric>Ready</Th>
            <Th numeric>Oldest</Th>
            <Th numeric>Running</Th>
            <Th numeric className={NARROW}>
              Sleeping
            </Th>
            <Th numeric className={NARROW}>
              Overdue
            </Th>
            <Th numeric className={NARROW}>
              Lost leases
            </Th>
            <Th numeric>Failing</Th>
            <Th numeric className={NARROW}>
              Done
            </Th>
            <Th className={cn(NARROW, "w-[120px]")}>Attempts</Th>
          </tr>
        </thead>
        <tbody>
          {shown.map((queue) => (
            <Row key={queue.name} queue={queue} throughput={throughput} />
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function Row({ queue, throughput }: { queue: Queue; throughput: Throughput | undefined }) {
  const { name, active } = queue;
  const counts = throughput?.queues.find((one) => one.name === name);
  const tasks = queueTasksPath(name);
  const oldest = queue.oldestReadyAt;
  const waits = useClock((now) => oldest !== null && now - Date.parse(oldest) >= WAITS_MS);
  return (
    <tr className="hover:bg-hover">
      <Td className="max-w-[120px] wide:max-w-[280px]">
        <span className="flex items-center gap-2">
          <Link
            href={queuePath(name)}
            title={name}
            className="truncate font-medium hover:text-accent-text hover:underline"
          >
            {name}
          </Link>
          {queue.unreadable && <Badge tone="bad">unreadable</Badge>}
          {waits && active.running === 0 && (
            <span className={NARROW}>
              <Badge tone="warning">nothing runs</Badge>
            </span>
          )}
        </span>
      </Td>
      <Td numeric>
        <Figure href={`${tasks}?state=pending,sleeping`} value={queue.ready} />
      </Td>
      <Td numeric>
        <OldestReady iso={queue.oldestReadyAt} />
      </Td>
      <Td numeric>
        <Figure href={`${tasks}?state=running`} value={active.running} />
      </Td>
      <Td numeric className={NARROW}>
        <Figure href={`${tasks}?state=sleeping`} value={active.sleeping} />
      </Td>
      <Td numeric className={NARROW}>
        <NumberText value={queue.overdueSleepers} tone="warning" />
      </Td>
      <Td numeric className={NARROW}>
        <NumberText value={queue.expiredLeases} tone="bad" />
      </Td>
      <Td numeric>
        {counts && throughput ? (
          <Link
            href={failuresPath({ range: throughput.window, queue: [name] })}
            className="hover:underline"
          >
            <FailureShare completed={total(counts.completed)} failed={total(counts.failed)} />
          </Link>
        ) : (
          "–"
        )}
      </Td>
      <Td numeric className={NARROW}>
        {counts && <NumberText value={total(counts.completed)} />}
      </Td>
      <Td className={NARROW}>
        {counts && <Sparkline values={addUp([counts.completed, counts.failed, counts.running])} />}
      </Td>
    </tr>
  );
}

function Figure({ href, value }: { href: string; value: number }) {
  return (
    <Link href={href} prefetch={false} className="hover:underline">
      <NumberText value={value} />
    </Link>
  );
}

function FailureShare({ completed, failed }: { completed: number; failed: number }) {
  const ended = completed + failed;
  if (ended === 0) return <span className="text-ink-3">–</span>;
  const share = failed / ended;
  return (
    <span
      title={`${formatNumber(failed)} of ${formatNumber(ended)} ended attempts failed`}
      className={cn(
        failed === 0 && "text-ink-3",
        share >= 0.02 && share < 0.1 && "font-medium text-pending",
        share >= 0.1 && "font-medium text-failed",
      )}
    >
      {(share * 100).toFixed(1)} %
    </span>
  );
}
