import type { ReactNode } from "react";
import { Sparkline } from "@/components/charts/sparkline";
import { addUp, total } from "@/components/charts/stack";
import { failuresPath } from "@/components/failures/paths";
import { queueTasksPath } from "@/components/layout/paths";
import { ScopedLink } from "@/components/tenants/tenant-scope";
import { CountText, NumberText } from "@/components/ui/text/count";
import type { AttemptCounts, Count } from "@/lib/model/count";
import type { Queue } from "@/lib/model/queue";
import type { TaskState } from "@/lib/model/states";
import type { Window } from "@/lib/search-params/windows";
import { FailureShare } from "./failure-share";
import { OldestReady } from "./oldest-ready";

/** How a queue fared over a window of time, once that is known. */
export type Lately = { window: Window; counts: AttemptCounts } | undefined;

export type QueueColumn = {
  label: string;
  /** Left out on narrow screens, which show what decides whether to look closer. */
  wideOnly?: true;
  /** A drawing, which has a width of its own and stands at the left. */
  drawing?: true;
  cell: (queue: Queue, lately: Lately) => ReactNode;
};

const to = (queue: Queue, states: readonly TaskState[], text: ReactNode) => (
  <ScopedLink
    href={`${queueTasksPath(queue.name)}?state=${states.join(",")}`}
    className="hover:underline"
  >
    {text}
  </ScopedLink>
);
const active = (label: string, state: keyof Queue["active"]): QueueColumn => ({
  label,
  ...(state === "running" ? {} : { wideOnly: true }),
  cell: (queue) => to(queue, [state], <NumberText value={queue.active[state]} />),
});
const ended = (label: string, state: keyof Queue["terminal"]): QueueColumn => ({
  label,
  wideOnly: true,
  cell: (queue) => to(queue, [state], <CountText count={queue.terminal[state] satisfies Count} />),
});

/** Everything that a table of queues can tell of one, in the order in which it is told. */
export const QUEUE_COLUMNS = {
  ready: {
    label: "Ready",
    cell: (queue) => to(queue, ["pending", "sleeping"], <NumberText value={queue.ready} />),
  },
  oldest: { label: "Oldest", cell: (queue) => <OldestReady iso={queue.oldestReadyAt} /> },
  pending: active("Pending", "pending"),
  running: active("Running", "running"),
  sleeping: active("Sleeping", "sleeping"),
  overdue: {
    label: "Overdue",
    wideOnly: true,
    cell: (queue) => <NumberText value={queue.overdueSleepers} tone="warning" />,
  },
  lost: {
    label: "Lost leases",
    wideOnly: true,
    cell: (queue) => <NumberText value={queue.expiredLeases} tone="bad" />,
  },
  completed: ended("Completed", "completed"),
  failed: ended("Failed", "failed"),
  cancelled: ended("Cancelled", "cancelled"),
  failing: {
    label: "Failing",
    cell: (queue, lately) =>
      lately && (
        <ScopedLink
          href={failuresPath({ range: lately.window, queue: [queue.name] })}
          className="hover:underline"
        >
          <FailureShare
            completed={total(lately.counts.completed)}
            failed={total(lately.counts.failed)}
          />
        </ScopedLink>
      ),
  },
  done: {
    label: "Done",
    wideOnly: true,
    cell: (_, lately) => lately && <NumberText value={total(lately.counts.completed)} />,
  },
  attempts: {
    label: "Attempts",
    wideOnly: true,
    drawing: true,
    cell: (_, lately) =>
      lately && (
        <Sparkline
          values={addUp([lately.counts.completed, lately.counts.failed, lately.counts.running])}
        />
      ),
  },
} as const satisfies Record<string, QueueColumn>;
