import { Th } from "@/components/ui/table";
import type { TaskSummary } from "@/lib/analytics/types";
import { rowKey } from "./live-rows";
import { TaskRow } from "./task-row";

/** Rows of tasks: a table on wide screens, two lines a task on narrow ones. */
export function TaskTable({
  rows,
  gone,
  oneQueue,
}: {
  rows: readonly TaskSummary[];
  gone: ReadonlySet<string>;
  oneQueue: boolean;
}) {
  const tenants = rows.some((row) => row.tenantId !== null);
  return (
    <table className="block w-full table-fixed border-collapse text-left wide:table">
      <thead className="sticky top-0 z-10 hidden bg-canvas wide:table-header-group">
        <tr>
          <Th className="w-[116px] pl-4!">State</Th>
          <Th className="w-[17%]">Name</Th>
          <Th className="w-[124px]">Task id</Th>
          {!oneQueue && <Th className="w-[9%]">Queue</Th>}
          <Th numeric className="w-[76px]">
            Attempts
          </Th>
          <Th numeric aria-sort="descending" className="w-[84px] text-ink">
            Age
          </Th>
          <Th numeric className="w-[96px]">
            Duration
          </Th>
          <Th className="hidden w-[9%] pl-5 xwide:table-cell">Worker</Th>
          {tenants && <Th className="hidden w-[88px] xwide:table-cell">Tenant</Th>}
          <Th className="w-[34%] pr-4!">Why</Th>
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
          />
        ))}
      </tbody>
    </table>
  );
}
