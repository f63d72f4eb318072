"use client";
"use no memo";
import { memo, useMemo } from "react";
import { StaleMark } from "@/components/layout/list/live-row-marks";
import { useWide } from "@/components/timeline/axis/use-wide";
import { useWidth } from "@/components/timeline/axis/use-width";
import { Th } from "@/components/ui/data/table";
import { StoppedClock } from "@/components/ui/text/clock";
import { cn } from "@/lib/cn";
import { formatShortId } from "@/lib/format";
import type { Iso } from "@/lib/model/instants";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskSort } from "@/lib/search-params/tasks/sort";
import { SelectionCheck } from "../selection/selection-check";
import type { Selection } from "../selection/use-selection";
import { useColumnChoice } from "./column-choice";
import { ColumnHandle } from "./column-handle";
import { type ColumnWidth, layOutColumns } from "./column-layout";
import { rowKey } from "./live-rows";
import { SortTh } from "./sort";
import { CELL, LEAVING, listColumns, ReadAt, type TaskColumn } from "./task-columns";

/** Task rows: a table on wide screens, two lines per task on narrow ones. */
export const TaskTable = memo(function TaskTable({
  rows,
  removed,
  readAt,
  stale,
  oneQueue,
  paths,
  selection,
  sort,
  onSort,
}: {
  rows: readonly TaskSummary[];
  /** Keys of rows that no longer match the filters. */
  removed: ReadonlySet<string>;
  /** When each row was read. */
  readAt: ReadonlyMap<string, Iso>;
  /** Rows that could not be refreshed, with the time of their last read. */
  stale: ReadonlyMap<string, Iso>;
  oneQueue: boolean;
  /** JSON paths whose values are shown as columns. */
  paths: readonly string[];
  selection: Selection;
  sort: TaskSort;
  onSort: (change: { sort: TaskSort }) => void;
}) {
  const { picked } = selection;
  const tenants = rows.some((row) => row.tenantId !== null);
  const choice = useColumnChoice();
  const all = useMemo(
    () => listColumns({ oneQueue, tenants, paths, hidden: choice.hidden }),
    [oneQueue, tenants, paths, choice.hidden],
  );
  const [box, available] = useWidth();
  const wide = useWide();
  // A string, so that rows that change without getting wider keep their columns.
  const widths = JSON.stringify(
    wide && available > 0
      ? [
          ...layOutColumns(
            all.map((column) => measure(column, rows, choice.widths[column.key])),
            available - CHECK,
            LEAVING,
          ),
        ]
      : null,
  );
  const columns = useMemo(() => place(all, widths), [all, widths]);
  const pickedHere = rows.filter((row) => picked.has(rowKey(row))).length;
  return (
    <div ref={box}>
      <table className="block w-full table-fixed border-collapse text-left wide:table">
        <thead className="sticky top-0 z-10 hidden bg-canvas wide:table-header-group">
          <tr>
            <Th className="w-10 pl-4!">
              <SelectionCheck
                label="Select all on this page"
                checked={pickedHere === rows.length}
                mixed={pickedHere > 0 && pickedHere < rows.length}
                onToggle={() => selection.toggleAll(rows)}
              />
            </Th>
            {columns.map(({ key, label, headClass, pixels, width, sort: by }) => {
              const handle = pixels !== undefined && width !== undefined && (
                <ColumnHandle
                  label={label}
                  pixels={pixels}
                  onResize={(to) => choice.resize(key, to)}
                />
              );
              return by ? (
                <SortTh
                  key={key}
                  label={label}
                  by={by}
                  sort={sort}
                  onSort={onSort}
                  className={headClass}
                  width={pixels}
                >
                  {handle}
                </SortTh>
              ) : (
                <Th
                  key={key}
                  aria-label={label}
                  data-tip={label}
                  className={cn("relative", headClass)}
                  style={{ width: pixels }}
                >
                  {label}
                  {handle}
                </Th>
              );
            })}
          </tr>
        </thead>
        <tbody className="block wide:table-row-group">
          {rows.map((task) => (
            <TaskRow
              key={rowKey(task)}
              task={task}
              removed={removed.has(rowKey(task))}
              readAt={task.endedAt === null ? (readAt.get(rowKey(task)) ?? null) : null}
              staleSince={stale.get(rowKey(task)) ?? null}
              columns={columns}
              selected={picked.has(rowKey(task))}
              onSelect={selection.toggle}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
});

/** Width of the checkbox column, in pixels. */
const CHECK = 40;
/** Upper estimate of the average character width, and a cell's horizontal padding; in pixels. */
const CHARACTER = { plain: 7.4, mono: 7.9 };
const PADDING = 20;

function measure(
  { key, label, width, least, mono }: TaskColumn,
  rows: readonly TaskSummary[],
  dragged: number | undefined,
): { key: string; width: ColumnWidth } {
  if (width === undefined) return { key, width: "rest" };
  if (dragged !== undefined) return { key, width: { fixed: dragged } };
  if (typeof width === "number") return { key, width: { fixed: width } };
  const longest = Math.max(label.length, ...rows.map((row) => width(row).length));
  const text = longest * CHARACTER[mono ? "mono" : "plain"] + PADDING;
  return { key, width: { text, ...(least && { least }) } };
}

type PlacedColumn = TaskColumn & { pixels: number | undefined };

/** The columns that fit, with their widths; all columns if the widths aren't known yet. */
function place(columns: readonly TaskColumn[], widths: string): PlacedColumn[] {
  const known: [string, number][] | null = JSON.parse(widths);
  if (known === null) return columns.map((column) => ({ ...column, pixels: undefined }));
  const byKey = new Map(known);
  return columns.flatMap((column) => {
    const pixels = byKey.get(column.key);
    return pixels === undefined ? [] : { ...column, pixels };
  });
}

type CellsProps = { task: TaskSummary; columns: readonly TaskColumn[] };

const TaskRow = memo(function TaskRow({
  task,
  columns,
  removed,
  readAt,
  staleSince,
  selected,
  onSelect,
}: CellsProps & {
  removed: boolean;
  /** Only set for active tasks: for others it would change with each refetch and re-render the row. */
  readAt: Iso | null;
  staleSince: Iso | null;
  selected: boolean;
  onSelect: (task: TaskSummary, range: boolean) => void;
}) {
  return (
    <tr
      className={cn(
        "relative grid min-h-14 grid-cols-[32px_96px_minmax(0,1fr)_auto] items-center border-line-subtle border-b px-3 py-2 focus-within:bg-accent-soft wide:table-row wide:h-8",
        selected ? "bg-accent-soft" : "hover:bg-hover",
        removed && "bg-canvas [&>td]:line-through",
      )}
      data-stale={staleSince ?? undefined}
      data-tip={removed ? "No longer matches the filters" : undefined}
    >
      <td className={cn(CELL, "row-span-2 wide:pr-0!")}>
        <SelectionCheck
          label={`Select ${task.name} ${formatShortId(task.taskId)}`}
          checked={selected}
          onToggle={(range) => onSelect(task, range)}
        />
      </td>
      <StoppedClock at={staleSince}>
        <ReadAt value={readAt}>
          <Cells task={task} columns={columns} staleSince={staleSince} />
        </ReadAt>
      </StoppedClock>
    </tr>
  );
});

/** Memoized apart from the row: selecting all re-renders 200 rows, but none of their cells. */
const Cells = memo(function Cells({
  task,
  columns,
  staleSince,
}: CellsProps & { staleSince: Iso | null }) {
  return columns.map(({ key, cellClass, cell, title }, place) => (
    <td key={key} className={cellClass} data-tip={title?.(task)}>
      {cell(task)}
      {staleSince && place === columns.length - 1 && <StaleMark since={staleSince} />}
    </td>
  ));
});
