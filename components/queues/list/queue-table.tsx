"use client";
import { queuePath } from "@/components/layout/paths";
import { ScopedLink, useTenantScope } from "@/components/tenants/tenant-scope";
import { Table, Td, Th } from "@/components/ui/data/table";
import { Badge } from "@/components/ui/text/badge";
import { useClock } from "@/components/ui/text/clock";
import { NoValue } from "@/components/ui/text/no-value";
import type { Throughput } from "@/lib/analytics/overview";
import { cn } from "@/lib/cn";
import type { Queue } from "@/lib/model/queue";
import { WAITS_MS } from "../concerns";
import { type Lately, QUEUE_COLUMNS, type QueueColumn } from "./queue-columns";

const WIDE_ONLY = "max-wide:hidden";

/** Each queue on a line, with the chosen figures of it. */
export function QueueTable({
  queues,
  throughput,
  columns,
}: {
  queues: readonly Queue[];
  throughput: Throughput | undefined;
  columns: readonly (keyof typeof QUEUE_COLUMNS)[];
}) {
  const shown = columns.map((key): QueueColumn => QUEUE_COLUMNS[key]);
  return (
    <Table className="wide:min-w-[920px]">
      <thead className="bg-canvas">
        <tr>
          <Th>Queue</Th>
          {shown.map(({ label, wideOnly, drawing }) => (
            <Th
              key={label}
              numeric={!drawing}
              className={cn(wideOnly && WIDE_ONLY, drawing && "w-[120px]")}
            >
              {label}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {queues.map((queue) => (
          <QueueRow key={queue.name} queue={queue} lately={of(throughput, queue)} columns={shown} />
        ))}
      </tbody>
    </Table>
  );
}

function of(throughput: Throughput | undefined, { name }: Queue): Lately {
  const counts = throughput?.queues.find((one) => one.name === name);
  return throughput && counts && { window: throughput.window, counts };
}

function QueueRow({
  queue,
  lately,
  columns,
}: {
  queue: Queue;
  lately: Lately;
  columns: readonly QueueColumn[];
}) {
  const { name, active, oldestReadyAt: oldest } = queue;
  const isEverybody = useTenantScope().length === 0;
  const waits = useClock((now) => oldest !== null && now - Date.parse(oldest) >= WAITS_MS);
  return (
    <tr className="hover:bg-hover">
      <Td className="max-w-[120px] wide:max-w-[280px]">
        <span className="flex items-center gap-2">
          <ScopedLink
            data-row
            href={queuePath(name)}
            title={name}
            className="truncate rounded-1 font-medium hover:text-accent-text hover:underline"
          >
            {name}
          </ScopedLink>
          {queue.storageMode === "partitioned" && (
            <span className={WIDE_ONLY}>
              <Badge>partitioned</Badge>
            </span>
          )}
          {queue.unreadable && <Badge tone="bad">unreadable</Badge>}
          {waits && active.running === 0 && isEverybody && (
            <span className={WIDE_ONLY}>
              <Badge tone="warning">nothing runs</Badge>
            </span>
          )}
        </span>
      </Td>
      {queue.unreadable ? (
        <Td colSpan={columns.length} className="text-failed">
          {queue.unreadable}
        </Td>
      ) : (
        columns.map(({ label, wideOnly, drawing, cell }) => (
          <Td key={label} numeric={!drawing} className={cn(wideOnly && WIDE_ONLY)}>
            {cell(queue, lately) ?? (drawing ? null : <NoValue />)}
          </Td>
        ))
      )}
    </tr>
  );
}
