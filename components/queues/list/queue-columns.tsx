import type { ReactNode } from "react";
import { Sparkline } from "@/components/charts/sparkline";
import { addUp, total } from "@/components/charts/stack";
import { failuresPath } from "@/components/failures/paths";
import { queueTasksPath } from "@/components/layout/paths";
import { ScopedLink } from "@/components/tenants/tenant-scope";
import { CountText, NoValue, NumberText } from "@/components/ui/text/count";
import { cn } from "@/lib/cn";
import { isFailing } from "@/lib/diagnosis/concerns";
import { formatCount, formatNumber } from "@/lib/format";
import type { AttemptCounts, Count } from "@/lib/model/count";
import type { Queue } from "@/lib/model/queue";
import type { TaskState } from "@/lib/model/states";
import type { Window } from "@/lib/search-params/windows";
import { OldestReady } from "./oldest-ready";

/** A queue's attempts in a time range, once loaded. */
export type RecentAttempts = { window: Window; counts: AttemptCounts } | undefined;

export type QueueColumn = {
  label: string;
  /** Hidden on narrow screens. */
  wideOnly?: true;
  /** A chart: fixed width, aligned left. */
  chart?: true;
  cell: (queue: Queue, recent: RecentAttempts) => ReactNode;
};

/** A figure linked to its tasks. Its accessible name makes sense outside the table. */
const to = (
  queue: Queue,
  states: readonly TaskState[],
  what: string,
  count: Count,
  text: ReactNode,
) => (
  <ScopedLink
    aria-label={`${formatCount(count)} ${what} in ${queue.name}`}
    href={`${queueTasksPath(queue.name)}?state=${states.join(",")}`}
    className="hover:underline"
  >
    {text}
  </ScopedLink>
);
const exact = (value: number): Count => ({ value, precision: "exact" });

const active = (label: string, state: keyof Queue["active"]): QueueColumn => ({
  label,
  ...(state === "running" ? {} : { wideOnly: true }),
  cell: (queue) =>
    to(
      queue,
      [state],
      state,
      exact(queue.active[state]),
      <NumberText value={queue.active[state]} />,
    ),
});
const ended = (label: string, state: keyof Queue["terminal"]): QueueColumn => ({
  label,
  wideOnly: true,
  cell: (queue) =>
    to(queue, [state], state, queue.terminal[state], <CountText count={queue.terminal[state]} />),
});

/** Every column that a table of queues can show, in display order. */
export const QUEUE_COLUMNS = {
  ready: {
    label: "Ready",
    cell: (queue) =>
      to(
        queue,
        ["pending", "sleeping"],
        "ready",
        exact(queue.ready),
        <NumberText value={queue.ready} />,
      ),
  },
  oldestReady: {
    label: "Oldest ready",
    cell: (queue) => <OldestReady iso={queue.oldestReadyAt} />,
  },
  pending: active("Pending", "pending"),
  running: active("Running", "running"),
  sleeping: active("Sleeping", "sleeping"),
  overdue: {
    label: "Overdue",
    wideOnly: true,
    cell: (queue) => <NumberText value={queue.overdueSleepers} tone="warning" />,
  },
  expiredLeases: {
    label: "Expired leases",
    wideOnly: true,
    cell: (queue) => <NumberText value={queue.expiredLeases} tone="bad" />,
  },
  completed: ended("Completed", "completed"),
  failed: ended("Failed", "failed"),
  cancelled: ended("Cancelled", "cancelled"),
  failureRate: {
    label: "Failure rate",
    cell: (queue, recent) =>
      recent && (
        <ScopedLink
          href={failuresPath({ range: recent.window, queue: [queue.name] })}
          className="hover:underline"
        >
          <FailureRate
            completed={total(recent.counts.completed)}
            failed={total(recent.counts.failed)}
          />
        </ScopedLink>
      ),
  },
  completedAttempts: {
    label: "Completed",
    wideOnly: true,
    cell: (_, recent) => recent && <NumberText value={total(recent.counts.completed)} />,
  },
  attempts: {
    label: "Attempts",
    wideOnly: true,
    chart: true,
    cell: (_, recent) =>
      recent && (
        <Sparkline
          values={addUp([recent.counts.completed, recent.counts.failed, recent.counts.running])}
        />
      ),
  },
} as const satisfies Record<string, QueueColumn>;

/** Failure rate shown as a warning. It is an alarm where the queue has a concern about failures. */
const WARNING_RATE = 0.02;

/** Failed attempts as a share of finished ones. */
function FailureRate({ completed, failed }: { completed: number; failed: number }) {
  const finished = completed + failed;
  if (finished === 0) return <NoValue />;
  const rate = failed / finished;
  return (
    <span
      data-tip={`${formatNumber(failed)} of ${formatNumber(finished)} finished attempts failed`}
      className={cn(
        failed === 0 && "text-ink-3",
        rate >= WARNING_RATE && "font-medium text-pending",
        isFailing(failed, finished) && "font-medium text-failed",
      )}
    >
      {(rate * 100).toFixed(1)} %
    </span>
  );
}
