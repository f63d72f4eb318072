"use client";
"use no memo";
import type { ReactNode } from "react";
import { Th } from "@/components/ui/data/table";
import { Select } from "@/components/ui/form/select";
import { Icon } from "@/components/ui/icons/icon";
import { toDatabaseTime } from "@/components/ui/text/clock";
import { cn } from "@/lib/cn";
import { toMs } from "@/lib/model/instants";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { TASK_SORTS, type TaskSort } from "@/lib/search-params/tasks/sort";

type Order = {
  label: string;
  /** Buttons of the pager: first page, previous page, next page. */
  pager: readonly [string, string, string];
  /** Whether a task sorts before another. */
  before: (a: TaskSummary, b: TaskSummary) => boolean;
};

const PAGER = ["First", "Previous", "Next"] as const;
const newerId = (a: TaskSummary, b: TaskSummary) => a.taskId > b.taskId;

/** Orders of the list. Ids are UUIDv7, so they sort by creation time. */
export const ORDERS: Record<TaskSort, Order> = {
  newest: { label: "Newest first", pager: ["Newest", "Newer", "Older"], before: newerId },
  oldest: {
    label: "Oldest first",
    pager: ["Oldest", "Older", "Newer"],
    before: (a, b) => newerId(b, a),
  },
  due: {
    label: "Due first",
    pager: PAGER,
    // ISO instants sort as text, and "infinity" sorts after all of them.
    before: (a, b) => (a.run?.availableAt ?? "") < (b.run?.availableAt ?? ""),
  },
  attempts: {
    label: "Most attempts first",
    pager: PAGER,
    before: (a, b) => (a.attempts === b.attempts ? newerId(a, b) : a.attempts > b.attempts),
  },
  duration: {
    label: "Longest first",
    pager: PAGER,
    before: (a, b) => duration(a) > duration(b),
  },
};

/** Milliseconds from the first start to the end, or until now for active tasks; -1 before the first start. */
function duration({ firstStartedAt, endedAt }: TaskSummary): number {
  if (firstStartedAt === null) return -1;
  return (endedAt === null ? toDatabaseTime() : toMs(endedAt)) - toMs(firstStartedAt);
}

type SortProps = { sort: TaskSort; onSort: (change: Pick<TaskFilters, "sort">) => void };

const OPTIONS = TASK_SORTS.map((value) => ({ value, label: ORDERS[value].label }));

/**
 * Selects the order. Orders that the filters don't support are selectable too; the list then explains which filter is
 * missing.
 */
export function SortSelect({ sort, onSort }: SortProps) {
  return (
    <Select
      quiet
      aria-label="Order"
      value={sort}
      options={OPTIONS}
      onChange={({ target }) => {
        const chosen = TASK_SORTS.find((one) => one === target.value);
        if (chosen) onSort({ sort: chosen });
      }}
    />
  );
}

/** The orders that a column header switches between, and how each sorts the column. */
export type ColumnSort = {
  cycle: readonly [TaskSort, TaskSort];
  ascending?: TaskSort;
  descending: TaskSort;
};

/** Header of a numeric column that sorts the list. */
export function SortTh({
  label,
  by,
  className,
  width,
  sort,
  onSort,
  children,
}: SortProps & {
  label: string;
  by: ColumnSort;
  /** The handle of the column's edge. */
  children: ReactNode;
  className: string | undefined;
  /** In pixels. */
  width: number | undefined;
}) {
  const direction =
    sort === by.ascending ? "ascending" : sort === by.descending ? "descending" : undefined;
  const [first, second] = by.cycle;
  return (
    <Th
      numeric
      aria-label={label}
      aria-sort={direction}
      className={cn("relative px-0!", className)}
      style={{ width }}
    >
      <button
        type="button"
        onClick={() => onSort({ sort: sort === first ? second : first })}
        className={cn(
          "inline-flex h-7 w-full items-center justify-end gap-1 px-2 -outline-offset-2 hover:text-ink",
          direction && "text-ink",
        )}
      >
        {direction && (
          <Icon
            name={direction === "ascending" ? "arrow-up" : "arrow-down"}
            size={12}
            strokeWidth={2}
          />
        )}
        {label}
      </button>
      {children}
    </Th>
  );
}
