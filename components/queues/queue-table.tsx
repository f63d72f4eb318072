"use client";
import Link from "next/link";
import { queuePath, queueTasksPath } from "@/components/layout/paths";
import { Badge } from "@/components/ui/badge";
import { CountText, NumberText } from "@/components/ui/count";
import { Table, Td, Th } from "@/components/ui/table";
import type { Queue } from "@/lib/analytics/types";
import { OldestReady } from "./oldest-ready";

/** Narrow screens show what decides whether to look closer; the rest is a tap away. */
const NARROW = "max-wide:hidden";

/** Each queue on a line: what waits, what runs, what is wrong, what is done. */
export function QueueTable({ queues }: { queues: readonly Queue[] }) {
  return (
    <Table className="wide:min-w-[920px]">
      <thead className="bg-canvas">
        <tr>
          <Th>Queue</Th>
          <Th numeric>Ready</Th>
          <Th numeric>Oldest</Th>
          <Th numeric className={NARROW}>
            Pending
          </Th>
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
          <Th numeric className={NARROW}>
            Completed
          </Th>
          <Th numeric className={NARROW}>
            Failed
          </Th>
          <Th numeric className={NARROW}>
            Cancelled
          </Th>
        </tr>
      </thead>
      <tbody>
        {queues.map((queue) => (
          <QueueRow key={queue.name} queue={queue} />
        ))}
      </tbody>
    </Table>
  );
}

function QueueRow({ queue }: { queue: Queue }) {
  const { name, active, terminal } = queue;
  return (
    <tr className="hover:bg-hover">
      <Td className="max-w-[130px] wide:max-w-[280px]">
        <span className="flex items-center gap-2">
          <Link
            href={queuePath(name)}
            title={name}
            className="truncate rounded-1 font-medium hover:text-accent-text hover:underline"
          >
            {name}
          </Link>
          {queue.storageMode === "partitioned" && (
            <span className="max-wide:hidden">
              <Badge>partitioned</Badge>
            </span>
          )}
          {queue.unreadable && <Badge tone="bad">unreadable</Badge>}
        </span>
      </Td>
      {queue.unreadable ? (
        <Td colSpan={10} className="text-failed">
          {queue.unreadable}
        </Td>
      ) : (
        <>
          <Td numeric>
            <NumberText value={queue.ready} />
          </Td>
          <Td numeric>
            <OldestReady iso={queue.oldestReadyAt} />
          </Td>
          <Td numeric className={NARROW}>
            <StateCount queue={name} state="pending" value={active.pending} />
          </Td>
          <Td numeric>
            <StateCount queue={name} state="running" value={active.running} />
          </Td>
          <Td numeric className={NARROW}>
            <StateCount queue={name} state="sleeping" value={active.sleeping} />
          </Td>
          <Td numeric className={NARROW}>
            <NumberText value={queue.overdueSleepers} tone="warning" />
          </Td>
          <Td numeric className={NARROW}>
            <NumberText value={queue.expiredLeases} tone="bad" />
          </Td>
          <Td numeric className={NARROW}>
            <CountText count={terminal.completed} />
          </Td>
          <Td numeric className={NARROW}>
            <Link className="hover:underline" href={`${queueTasksPath(name)}?state=failed`}>
              <CountText count={terminal.failed} />
            </Link>
          </Td>
          <Td numeric className={NARROW}>
            <CountText count={terminal.cancelled} />
          </Td>
        </>
      )}
    </tr>
  );
}

function StateCount({ queue, state, value }: { queue: string; state: string; value: number }) {
  return (
    <Link className="hover:underline" href={`${queueTasksPath(queue)}?state=${state}`}>
      <NumberText value={value} />
    </Link>
  );
}
