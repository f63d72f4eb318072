"use client";
import { memo } from "react";
import { taskPath } from "@/components/layout/paths";
import { Attempts } from "@/components/task/attempts/attempts";
import { Age } from "@/components/ui/text/age";
import { useClock } from "@/components/ui/text/clock";
import { Link } from "@/components/ui/text/link";
import { MiddleTruncate } from "@/components/ui/text/middle-truncate";
import { cn } from "@/lib/cn";
import { formatAge, formatDuration, formatShortId } from "@/lib/format";
import type { TaskSummary } from "@/lib/model/task";
import { SelectionCheck } from "../selection/selection-check";
import { StateLabel } from "../state/state-label";
import { Why } from "../state/why";
import { rowKey } from "./live-rows";

const CELL =
  "wide:h-8 wide:border-line-subtle wide:border-b wide:px-2 wide:first:pl-4 wide:last:pr-4";
const WIDE = cn(CELL, "hidden wide:table-cell");

type CellProps = {
  task: TaskSummary;
  oneQueue: boolean;
  tenants: boolean;
  columns: readonly string[];
};

type Props = CellProps & {
  gone: boolean;
  selected: boolean;
  onSelect: (task: TaskSummary, reach: boolean) => void;
};

/** One task. The link of its name covers the row; the id above it can be selected. */
export const TaskRow = memo(function TaskRow({ gone, selected, onSelect, ...cells }: Props) {
  const { task } = cells;
  return (
    <tr
      className={cn(
        "relative grid min-h-14 grid-cols-[32px_96px_minmax(0,1fr)_auto] items-center border-line-subtle border-b px-3 py-2 focus-within:bg-accent-soft wide:table-row wide:h-8",
        selected ? "bg-accent-soft" : "hover:bg-hover",
        gone && "opacity-50",
      )}
      title={gone ? "It no longer matches the filters" : undefined}
    >
      <td className={cn(CELL, "row-span-2 wide:pr-0!")}>
        <SelectionCheck
          label={`Select ${task.name} ${formatShortId(task.taskId)}`}
          checked={selected}
          onToggle={(reach) => onSelect(task, reach)}
        />
      </td>
      <Cells {...cells} />
    </tr>
  );
});

/** What the row tells. Apart from its selection, which may change for two hundred rows at a time. */
const Cells = memo(function Cells({ task, oneQueue, tenants, columns }: CellProps) {
  return (
    <>
      <td className={CELL}>
        <StateLabel state={task.state} />
      </td>
      <td className={cn(CELL, "min-w-0")}>
        <Link
          data-row={rowKey(task)}
          href={taskPath(task.queue, task.taskId)}
          title={task.name}
          className="block truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:shadow-[inset_2px_0_0_var(--color-accent)]"
        >
          {task.name}
        </Link>
      </td>
      <td className={WIDE}>
        <span className="mono relative z-1 text-ink-2" title={task.taskId}>
          {formatShortId(task.taskId)}
        </span>
      </td>
      {!oneQueue && (
        <td className={cn(WIDE, "text-ink-2")}>
          <MiddleTruncate text={task.queue} />
        </td>
      )}
      <td className={cn(CELL, "order-2 text-right text-12 wide:text-13")}>
        <Attempts task={task} />
      </td>
      <td className={cn(CELL, "text-right")}>
        <Age iso={task.enqueuedAt} />
      </td>
      <td className={cn(WIDE, "text-right text-ink-2")}>
        <Duration task={task} />
      </td>
      <td className="hidden h-8 border-line-subtle border-b pr-2 pl-5 xwide:table-cell">
        {task.run?.claimedBy ? (
          <MiddleTruncate text={task.run.claimedBy} className="mono text-ink-2" />
        ) : (
          <span className="text-ink-3">–</span>
        )}
      </td>
      {tenants && (
        <td className="hidden h-8 border-line-subtle border-b px-2 xwide:table-cell">
          {task.tenantId ? (
            <MiddleTruncate text={task.tenantId} />
          ) : (
            <span className="text-ink-3">–</span>
          )}
        </td>
      )}
      {columns.map((path) => (
        <td
          key={path}
          className={cn(WIDE, "mono truncate")}
          title={task.columns?.[path] ?? undefined}
        >
          {task.columns?.[path] ?? <span className="text-ink-3">–</span>}
        </td>
      ))}
      <td className={cn(CELL, "order-1 col-span-2 min-w-0 text-12 wide:text-13")}>
        <Why task={task} />
      </td>
    </>
  );
});

/** From the first start to the end, or so far. */
function Duration({ task }: { task: TaskSummary }) {
  const { firstStartedAt: from, endedAt: to } = task;
  const running = useClock((now) => (from && !to ? formatAge(now - Date.parse(from)) : ""));
  if (!from) return <span className="text-ink-3">–</span>;
  return to ? formatDuration(Date.parse(to) - Date.parse(from)) : running;
}
