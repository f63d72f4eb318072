"use client";
import { taskPath } from "@/components/layout/paths";
import { Td } from "@/components/ui/data/table";
import { Badge } from "@/components/ui/text/badge";
import { useClock } from "@/components/ui/text/clock";
import { NumberText } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import { NoValue } from "@/components/ui/text/no-value";
import { RelativeTime } from "@/components/ui/text/relative-time";
import type { Worker } from "@/lib/analytics/workers";
import { cn } from "@/lib/cn";
import { formatAge, formatCountdown, formatNumber } from "@/lib/format";
import { serializeTaskFilters } from "@/lib/search-params/tasks";

const NARROW = "max-wide:hidden";

/** One worker. `minutes` is the time over which its attempts were counted. */
export function WorkerRow({ worker, minutes }: { worker: Worker; minutes: number }) {
  const claims = worker.completed + worker.failed + worker.running;
  return (
    <tr className="hover:bg-hover">
      <Td className="max-w-[130px] wide:max-w-[260px]">
        <span className="flex items-center gap-2">
          {worker.name ? (
            <Link
              data-row
              href={`/tasks${serializeTaskFilters({ worker: [worker.name] })}`}
              title={`Tasks of ${worker.name}`}
              className="mono truncate font-medium hover:text-accent-text hover:underline"
            >
              {worker.name}
            </Link>
          ) : (
            <span className="text-ink-3">without a name</span>
          )}
          {worker.expired > 0 && <Badge tone="bad">{formatNumber(worker.expired)} expired</Badge>}
          {worker.withoutLease > 0 && (
            <span className={NARROW}>
              <Badge tone="warning">{formatNumber(worker.withoutLease)} without lease</Badge>
            </span>
          )}
        </span>
      </Td>
      <Td className={cn(NARROW, "max-w-[160px] truncate text-ink-2")}>
        <span title={worker.queues.join(", ")}>
          {worker.queues[0]}
          {worker.queues.length > 1 && ` +${worker.queues.length - 1}`}
        </span>
      </Td>
      <Td numeric>
        <NumberText value={worker.running} />
      </Td>
      <Td className={cn(NARROW, "max-w-[240px]")}>
        <Longest worker={worker} />
      </Td>
      <Td numeric className={NARROW}>
        <LeaseLeft worker={worker} />
      </Td>
      <Td numeric>
        <RelativeTime iso={worker.lastSeenAt} />
      </Td>
      <Td numeric className={NARROW}>
        <span title={`${formatNumber(claims)} attempts picked up`}>{rate(claims / minutes)}</span>
      </Td>
      <Td numeric>
        <FailureShare completed={worker.completed} failed={worker.failed} />
      </Td>
      <Td numeric className={NARROW}>
        <NumberText value={worker.lost + worker.expired} tone="bad" />
      </Td>
    </tr>
  );
}

function Longest({ worker }: { worker: Worker }) {
  const longest = worker.held[0];
  const since = longest?.claimedAt;
  const held = useClock((now) => (since ? formatAge(now - Date.parse(since)) : ""));
  if (!longest) return <NoValue />;
  return (
    <Link
      href={taskPath(longest.queue, longest.taskId)}
      title={`${longest.taskName}${longest.tenantId === null ? "" : ` of ${longest.tenantId}`} in ${longest.queue}`}
      className="flex gap-2 hover:text-accent-text hover:underline"
    >
      <span className="truncate">{longest.taskName}</span>
      <span className="text-ink-3">{held}</span>
    </Link>
  );
}

/** What is left of the lease that ends first: when the worker must have been heard of again. */
function LeaseLeft({ worker }: { worker: Worker }) {
  const end = worker.nextLeaseEnd;
  const left = useClock((now) => (end ? Date.parse(end) - now : 0));
  if (!end) return <span className="text-ink-3">{worker.expired > 0 ? "expired" : "–"}</span>;
  return left > 0 ? (
    formatCountdown(left)
  ) : (
    <span className="font-medium text-failed">expired</span>
  );
}

function FailureShare({ completed, failed }: { completed: number; failed: number }) {
  if (completed + failed === 0) return <NoValue />;
  const share = failed / (completed + failed);
  return (
    <span
      title={`${formatNumber(failed)} of ${formatNumber(completed + failed)} ended attempts`}
      className={cn(failed === 0 && "text-ink-3", share >= 0.2 && "font-medium text-failed")}
    >
      {(share * 100).toFixed(1)} %
    </span>
  );
}

function rate(perMinute: number): string {
  if (perMinute === 0) return "0/min";
  return perMinute < 10
    ? `${perMinute.toFixed(1)}/min`
    : `${formatNumber(Math.round(perMinute))}/min`;
}
