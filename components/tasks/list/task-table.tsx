import { memo } from "react";
import { Th } from "@/components/ui/data/table";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskSort } from "@/lib/search-params/tasks-sort";
import { SelectionCheck } from "../selection/selection-check";
import type { Selection } from "../selection/use-selection";
import { rowKey } from "./live-rows";
import { SortTh } from "./sort-th";
import { TaskRow } from "./task-row";

/** Rows of tasks: a table on wide screens, two lines a task on narrow ones. */
export const TaskTable = memo(function TaskTable({
  rows,
  gone,
  oneQueue,
  columns,
  selection,
  sort,
  onSort,
}: {
  rows: readonly TaskSummary[];
  gone: ReadonlySet<string>;
  oneQueue: boolean;
  /** Paths whose values are shown. */
  columns: readonly string[];
  selection: Selection;
  sort: TaskSort;
  onSort: (change: { sort: TaskSort }) => void;
}) {
  const { picked } = selection;
  const tenants = rows.some((row) => row.tenantId !== null);
  const pickedHere = rows.filter((row) => picked.has(rowKey(row))).length;
  return (
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
          <Th className="w-[100px]">State</Th>
          <Th className="w-[15%]">Name</Th>
          <Th className="w-[116px]">Task id</Th>
          {!oneQueue && <Th className="w-[108px]">Queue</Th>}
          <SortTh
            label="Attempts"
            sorted={sort === "attempts" ? "descending" : undefined}
            onSort={() => onSort({ sort: sort === "attempts" ? "newest" : "attempts" })}
            className="w-[80px]"
          />
          <SortTh
            label="Age"
            sorted={sort === "newest" ? "ascending" : sort === "oldest" ? "descending" : undefined}
            onSort={() => onSort({ sort: sort === "newest" ? "oldest" : "newest" })}
            className="w-[72px]"
          />
          <SortTh
            label="Duration"
            sorted={sort === "duration" ? "descending" : undefined}
            onSort={() => onSort({ sort: sort === "duration" ? "newest" : "duration" })}
            className="w-[92px]"
          />
          <Th className="hidden w-[116px] pl-5 xwide:table-cell">Worker</Th>
          {tenants && <Th className="hidden w-[92px] xwide:table-cell">Tenant</Th>}
          {columns.map((path) => (
            <Th key={path} title={path} className="mono w-32 truncate">
              {path}
            </Th>
          ))}
          <Th className="pr-4!">Why</Th>
        </tr>
      </thead>
      <tbody className="block wide:table-row-group">
        {rows.map((task) => (
          <TaskRow
            key={rowKey(task)}
            task={task}
            gone={gone.has(rowKey(task))}
            oneQueue={oneQueue}
            tenants={tenants}
            columns={columns}
            selected={picked.has(rowKey(task))}
            onSelect={selection.toggle}
          />
        ))}
      </tbody>
    </table>
  );
});
