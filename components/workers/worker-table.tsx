"use client";
import { taskPath } from "@/components/layout/paths";
import { Table, Td, Th } from "@/components/ui/data/table";
import { Badge } from "@/components/ui/text/badge";
import { useClock } from "@/components/ui/text/clock";
import { NoValue, NumberText } from "@/components/ui/text/count";
import { CutName } from "@/components/ui/text/cut-name";
import { Link } from "@/components/ui/text/link";
import { RelativeTime } from "@/components/ui/text/relative-time";
import type { Worker, WorkerList } from "@/lib/analytics/workers";
import { cn } from "@/lib/cn";
import { formatAge, formatCountdown, formatDuration, formatNumber } from "@/lib/format";
import { toMs } from "@/lib/model/instants";
import { CUT_NAME, isCutName, splitCutName } from "@/lib/model/rows/shown-name";
import { serializeTaskFilters } from "@/lib/search-params/tasks/filters";

/** Columns hidden on narrow screens. */
const NARROW = "max-wide:hidden";
/** Columns hidden, in this order, in tables where the worker's name would get less than 280 pixels. */
const QUEUES = "hidden @min-[1120px]:table-cell";
const LOST = "hidden @min-[1000px]:table-cell";
const CLAIMS = "hidden @min-[900px]:table-cell";

/** One row per worker: what it is running, when it was seen, and how its attempts ended. */
export function WorkerTable({ list }: { list: WorkerList }) {
  return (
    <Table>
      <thead className="bg-canvas">
        <tr>
          <Th>Worker</Th>
          <Th className={QUEUES}>Queues</Th>
          <Th numeric>Running</Th>
          <Th className={NARROW}>Longest-running</Th>
          <Th numeric className={NARROW}>
            Lease left
          </Th>
          <Th numeric>Last seen</Th>
          <Th numeric className={CLAIMS}>
            Claims
          </Th>
          <Th numeric>Failure rate</Th>
          <Th numeric className={LOST}>
            Lost leases
          </Th>
        </tr>
      </thead>
      <tbody>
        {list.workers.map((worker) => (
          <WorkerRow key={worker.name} worker={worker} minutes={countMinutes(worker, list)} />
        ))}
      </tbody>
    </Table>
  );
}

/** Minutes for which a worker was seen within the counted time, up to now while it runs an attempt; at least one. */
export function countMinutes(
  { firstSeenAt, lastSeenAt, running }: Pick<Worker, "firstSeenAt" | "lastSeenAt" | "running">,
  { lookedBackTo, from, now }: Pick<WorkerList, "lookedBackTo" | "from" | "now">,
): number {
  const start = Math.max(toMs(firstSeenAt), toMs(lookedBackTo ?? from));
  const end = toMs(running > 0 ? now : lastSeenAt);
  return Math.max((end - start) / 60_000, 1);
}

/** @param minutes how long the worker was seen. */
function WorkerRow({ worker, minutes }: { worker: Worker; minutes: number }) {
  const claims = worker.completed + worker.failed + worker.running;
  return (
    <tr className="hover:bg-hover">
      <Td className="max-w-[130px] wide:min-w-[280px] wide:max-w-[420px]">
        <span className="flex items-center gap-2 max-wide:flex-col max-wide:items-start max-wide:gap-0.5">
          {worker.name === "" ? (
            <span className="text-ink-3">unnamed</span>
          ) : isCutName(worker.name) ? (
            <span className="mono max-w-full font-medium">
              <CutName {...splitCutName(worker.name)} tip={CUT_NAME} />
            </span>
          ) : (
            <Link
              data-row
              href={`/tasks${serializeTaskFilters({ worker: [worker.name] })}`}
              data-tip={`Tasks of ${worker.name}`}
              className="mono max-w-full truncate font-medium hover:text-accent-text hover:underline"
            >
              {worker.name}
            </Link>
          )}
          {worker.expired > 0 && <Badge tone="bad">{formatNumber(worker.expired)} expired</Badge>}
          {worker.withoutLease > 0 && (
            <span className={NARROW}>
              <Badge tone="warning">{formatNumber(worker.withoutLease)} without lease</Badge>
            </span>
          )}
        </span>
      </Td>
      <Td className={cn(QUEUES, "max-w-[160px] truncate text-ink-2")}>
        <span data-tip={worker.queues.join(", ")}>
          {worker.queues[0]}
          {worker.queues.length > 1 && ` +${worker.queues.length - 1}`}
        </span>
      </Td>
      <Td numeric>
        <NumberText value={worker.running} />
      </Td>
      <Td className={cn(NARROW, "max-w-[200px]")}>
        <Longest worker={worker} />
      </Td>
      <Td numeric className={NARROW}>
        <LeaseLeft worker={worker} />
      </Td>
      <Td numeric>
        <RelativeTime iso={worker.lastSeenAt} />
      </Td>
      <Td numeric className={CLAIMS}>
        <span
          data-tip={`${formatNumber(claims)} attempts claimed in ${formatDuration(minutes * 60_000)}`}
        >
          {formatRate(claims / minutes)}
        </span>
      </Td>
      <Td numeric>
        <FailureRate completed={worker.completed} failed={worker.failed} />
      </Td>
      <Td numeric className={LOST}>
        <NumberText value={worker.lost} tone="bad" />
      </Td>
    </tr>
  );
}

function Longest({ worker }: { worker: Worker }) {
  const longest = worker.held[0];
  const since = longest?.claimedAt;
  const held = useClock((now) => (since ? formatAge(now - toMs(since)) : ""));
  if (!longest) return <NoValue />;
  return (
    <Link
      href={taskPath(longest.queue, longest.taskId)}
      data-tip={`${longest.taskName}${longest.tenantId === null ? "" : ` of ${longest.tenantId}`} in ${longest.queue}`}
      className="flex gap-2 hover:text-accent-text hover:underline"
    >
      <span className="truncate">{longest.taskName}</span>
      <span className="text-ink-3">{held}</span>
    </Link>
  );
}

/** Time left of the lease that expires first. */
function LeaseLeft({ worker }: { worker: Worker }) {
  const end = worker.nextLeaseEnd;
  const left = useClock((now) => (end ? toMs(end) - now : 0));
  if (!end) return <span className="text-ink-3">{worker.expired > 0 ? "expired" : "–"}</span>;
  return left > 0 ? (
    formatCountdown(left)
  ) : (
    <span className="font-medium text-failed">expired</span>
  );
}

function FailureRate({ completed, failed }: { completed: number; failed: number }) {
  if (completed + failed === 0) return <NoValue />;
  const rate = failed / (completed + failed);
  return (
    <span
      data-tip={`${formatNumber(failed)} of ${formatNumber(completed + failed)} finished attempts`}
      className={cn(failed === 0 && "text-ink-3", rate >= 0.2 && "font-medium text-failed")}
    >
      {(rate * 100).toFixed(1)} %
    </span>
  );
}

function formatRate(perMinute: number): string {
  if (perMinute === 0) return "0/min";
  return perMinute < 10
    ? `${perMinute.toFixed(1)}/min`
    : `${formatNumber(Math.round(perMinute))}/min`;
}
