"use client";
import { queuePath } from "@/components/layout/paths";
import { ScopedLink } from "@/components/tenants/tenant-scope";
import { Table, Td, Th } from "@/components/ui/data/table";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { buttonClass } from "@/components/ui/form/button";
import { Badge } from "@/components/ui/text/badge";
import { NoValue } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import type { Throughput } from "@/lib/analytics/overview";
import { cn } from "@/lib/cn";
import { describeConsumer } from "@/lib/diagnosis/concerns";
import type { Iso } from "@/lib/model/instants";
import { explainUnreadable, type Queue } from "@/lib/model/queue";
import { QUEUE_COLUMNS, type QueueColumn, type RecentAttempts } from "./queue-columns";

const WIDE_ONLY = "max-wide:hidden";

/** Its key identifies it: two columns may have the same label. */
type Column = QueueColumn & { key: string };

/** One row per queue, with the chosen columns. */
export function QueueTable({
  queues,
  now,
  throughput,
  columns,
}: {
  queues: readonly Queue[];
  /** When the queues were queried. */
  now: Iso;
  throughput: Throughput | undefined;
  columns: readonly (keyof typeof QUEUE_COLUMNS)[];
}) {
  const shown = columns.map((key): Column => ({ key, ...QUEUE_COLUMNS[key] }));
  return (
    <Table className="wide:min-w-[920px]">
      <thead className="bg-canvas">
        <tr>
          <Th>Queue</Th>
          {shown.map(({ key, label, wideOnly, chart }) => (
            <Th
              key={key}
              numeric={!chart}
              className={cn(wideOnly && WIDE_ONLY, chart && "w-[120px]")}
            >
              {label}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {queues.map((queue) => (
          <QueueRow
            key={queue.name}
            queue={queue}
            now={now}
            recent={recentOf(throughput, queue)}
            columns={shown}
          />
        ))}
      </tbody>
    </Table>
  );
}

function recentOf(throughput: Throughput | undefined, { name }: Queue): RecentAttempts {
  const counts = throughput?.queues.find((one) => one.name === name);
  return throughput && counts && { window: throughput.window, counts };
}

function QueueRow({
  queue,
  now,
  recent,
  columns,
}: {
  queue: Queue;
  now: Iso;
  recent: RecentAttempts;
  columns: readonly Column[];
}) {
  const { name } = queue;
  const consumer = describeConsumer(queue, now);
  return (
    <tr className="hover:bg-hover">
      <Td className="max-w-[120px] wide:max-w-[280px]">
        <span className="flex items-center gap-2">
          <ScopedLink
            data-row
            href={queuePath(name)}
            data-tip={name}
            dir="auto"
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
          {consumer && (
            <span className={WIDE_ONLY}>
              <Badge tone="warning">{consumer}</Badge>
            </span>
          )}
        </span>
      </Td>
      {queue.unreadable ? (
        <Td colSpan={columns.length} className="text-failed">
          {explainUnreadable(queue.unreadable)}
        </Td>
      ) : (
        columns.map(({ key, wideOnly, chart, cell }) => (
          <Td key={key} numeric={!chart} className={cn(wideOnly && WIDE_ONLY)}>
            {cell(queue, recent) ?? (chart ? null : <NoValue />)}
          </Td>
        ))
      )}
    </tr>
  );
}

/** Shown when the engine is installed but has no queues. */
export function NoQueues() {
  return (
    <EmptyState
      icon="rows-3"
      title="No queues yet"
      actions={
        <Link href="/start" className={buttonClass("primary")}>
          Get started
        </Link>
      }
    >
      Create a queue, start a worker and spawn a test task.
    </EmptyState>
  );
}
