"use client";
import { createContext, type ReactNode, useContext } from "react";
import { taskPath } from "@/components/layout/paths";
import { AttemptCount } from "@/components/task/attempts/attempt-count";
import { Sentence } from "@/components/task/sentence";
import { useClock } from "@/components/ui/text/clock";
import { Link } from "@/components/ui/text/link";
import { MiddleTruncate } from "@/components/ui/text/middle-truncate";
import { Age } from "@/components/ui/text/relative-time";
import { cn } from "@/lib/cn";
import { explainSummary } from "@/lib/diagnosis/explain-summary";
import { plainText } from "@/lib/diagnosis/sentence";
import { formatAge, formatDuration, formatShortId } from "@/lib/format";
import { type Iso, toInstant, toMs } from "@/lib/model/instants";
import type { TaskSummary } from "@/lib/model/task";
import { StateLabel } from "../state/state-label";
import { rowKey } from "./live-rows";
import type { ColumnSort } from "./sort";

/** A cell of any column. Narrow screens lay out a row as a grid of two lines, wide ones as a table row. */
export const CELL =
  "wide:h-8 wide:border-line-subtle wide:border-b wide:px-2 wide:first:pl-4 wide:last:pr-4";
const FROM_WIDE = cn(CELL, "hidden wide:table-cell");
const NONE = <span className="text-ink-3">–</span>;

export type TaskColumn = {
  key: string;
  label: string;
  headClass?: string;
  /** Width on wide screens: in pixels, or that of the longest of these texts; without it, the remaining width. */
  width?: number | ((task: TaskSummary) => string);
  /** The width in pixels that truncated texts keep. */
  least?: number;
  /** Whether the texts of `width` are in monospace. */
  mono?: true;
  cellClass: string;
  cell: (task: TaskSummary) => ReactNode;
  /** Text of the cell's tooltip. */
  title?: (task: TaskSummary) => string | undefined;
  sort?: ColumnSort;
};

/** Determines which columns a list has. */
export type ColumnOptions = {
  /** Whether the list is limited to one queue, which makes a queue column redundant. */
  oneQueue: boolean;
  /** Whether any row has a tenant. */
  tenants: boolean;
  /** JSON paths chosen as columns. */
  paths: readonly string[];
  /** Keys of columns that are not wanted. */
  hidden: readonly string[];
};

/**
 * The columns of the task table, in order. The name's link covers the row; the id is layered above it so that it can be
 * selected.
 */
export function listColumns({ oneQueue, tenants, paths, hidden }: ColumnOptions): TaskColumn[] {
  const columns: TaskColumn[] = [
    {
      key: "state",
      label: "State",
      width: 100,
      cellClass: CELL,
      cell: (task) => <StateLabel state={task.state} />,
    },
    {
      key: "name",
      label: "Name",
      width: (task) => task.name,
      least: 140,
      cellClass: cn(CELL, "min-w-0"),
      cell: (task) => (
        <Link
          data-row={rowKey(task)}
          dir="auto"
          href={taskPath(task.queue, task.taskId)}
          data-tip={task.name}
          className="block truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:shadow-[inset_2px_0_0_var(--color-accent)]"
        >
          {task.name}
        </Link>
      ),
    },
    {
      key: "id",
      label: "Task id",
      width: 116,
      cellClass: FROM_WIDE,
      cell: (task) => (
        <span className="mono relative z-1 text-ink-2" data-tip={task.taskId}>
          {formatShortId(task.taskId)}
        </span>
      ),
    },
    ...when(!oneQueue, {
      key: "queue",
      label: "Queue",
      width: (task) => task.queue,
      cellClass: cn(FROM_WIDE, "text-ink-2"),
      cell: (task) => <MiddleTruncate text={task.queue} />,
    }),
    {
      key: "attempts",
      label: "Attempts",
      width: 80,
      cellClass: cn(CELL, "order-2 pl-2 text-right text-12 wide:text-13"),
      cell: (task) => <AttemptCount task={task} />,
      sort: { cycle: ["attempts", "newest"], descending: "attempts" },
    },
    {
      key: "age",
      label: "Age",
      width: 72,
      cellClass: cn(CELL, "pl-2 text-right"),
      cell: (task) => <Age iso={task.enqueuedAt} />,
      sort: { cycle: ["newest", "oldest"], ascending: "newest", descending: "oldest" },
    },
    {
      key: "duration",
      label: "Duration",
      width: 92,
      cellClass: cn(FROM_WIDE, "text-right text-ink-2"),
      cell: (task) => <Duration task={task} />,
      sort: { cycle: ["duration", "newest"], descending: "duration" },
    },
    {
      key: "worker",
      label: "Worker",
      width: ({ run }) => run?.claimedBy ?? "",
      mono: true,
      cellClass: FROM_WIDE,
      cell: ({ run }) =>
        run?.claimedBy ? <MiddleTruncate text={run.claimedBy} className="mono text-ink-2" /> : NONE,
    },
    ...when(tenants, {
      key: "tenant",
      label: "Tenant",
      width: ({ tenantId }) => tenantId ?? "",
      cellClass: FROM_WIDE,
      cell: ({ tenantId }) => (tenantId ? <MiddleTruncate text={tenantId} /> : NONE),
    }),
    ...paths.map(
      (path): TaskColumn => ({
        key: `path ${path}`,
        label: path,
        headClass: "mono truncate",
        width: (task) => task.columns?.[path] ?? "",
        mono: true,
        cellClass: cn(FROM_WIDE, "mono truncate"),
        cell: (task) => task.columns?.[path] ?? NONE,
        title: (task) => task.columns?.[path] ?? undefined,
      }),
    ),
    {
      key: "why",
      label: "Why",
      headClass: "pr-4!",
      cellClass: cn(CELL, "order-1 col-span-2 min-w-0 text-12 wide:text-13"),
      cell: (task) => <Why task={task} />,
    },
  ];
  return columns.filter(({ key }) => !hidden.includes(key));
}

/** Columns that leave narrow tables, in this order, and that can be hidden; JSON paths chosen by the user stay. */
export const LEAVING = ["worker", "duration", "tenant", "id", "queue", "attempts", "age"] as const;

const when = (shown: boolean, column: TaskColumn): TaskColumn[] => (shown ? [column] : []);

/** Duration from the first start to the end, or until now for active tasks. */
function Duration({ task }: { task: TaskSummary }) {
  const { firstStartedAt: from, endedAt: to } = task;
  const running = useClock((now) => (from && !to ? formatAge(now - toMs(from)) : ""));
  if (!from) return NONE;
  return to ? formatDuration(toMs(to) - toMs(from)) : running;
}

const TONES = {
  plain: "text-ink-2",
  good: "text-completed",
  warning: "text-pending",
  bad: "text-failed",
} as const;

/** When the row of an active task was read. A context, so that a refetch without changes re-renders only this text. */
export const ReadAt = createContext<Iso | null>(null);

/** A short explanation of the task's state. */
function Why({ task }: { task: TaskSummary }) {
  const active = task.endedAt === null;
  // An ended task's text doesn't change, so only active tasks subscribe to the clock.
  const at = useClock((now) => (active ? now : 0));
  const now = toInstant(at || toMs(task.endedAt ?? task.enqueuedAt));
  const { parts, tone } = explainSummary(task, now, useContext(ReadAt) ?? now);
  return (
    <span className={cn("block truncate", TONES[tone])} data-tip={plainText(parts)}>
      <Sentence parts={parts} />
    </span>
  );
}
