"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { OutcomeLabel } from "@/components/audit/audit-row";
import { PagedList } from "@/components/layout/list/paged-list";
import { neverDue, polled } from "@/components/layout/live/polling";
import { taskPath } from "@/components/layout/paths";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { Table, Td, Th } from "@/components/ui/data/table";
import { Select } from "@/components/ui/form/select";
import { NoValue } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import { RelativeTime } from "@/components/ui/text/relative-time";
import type { BulkItem, BulkOperation } from "@/lib/analytics/bulk";
import { formatShortId, plural } from "@/lib/format";
import { bulkItemsQuery } from "@/lib/query/bulk";
import { bulkItemsSearchParams } from "@/lib/search-params/bulk";

const OUTCOMES = [
  { value: "", label: "All tasks" },
  { value: "done", label: "Succeeded" },
  { value: "skipped", label: "Skipped" },
  { value: "failed", label: "Failed" },
  { value: "open", label: "Not processed" },
];

/** Tasks of an operation with the outcome of each. */
export function BulkItems({ operation }: { operation: BulkOperation }) {
  const [filters, setInUrl] = useQueryStates(bulkItemsSearchParams, { history: "push" });
  const interval = useRefreshInterval();
  const query = useQuery({
    ...bulkItemsQuery(operation.bulkId, filters),
    refetchInterval: polled(operation.finishedAt === null && interval, neverDue),
  });
  return (
    <PagedList
      bar={
        <div className="flex items-center gap-2 px-3 py-2 wide:px-4">
          <Select
            quiet
            aria-label="Outcome"
            value={filters.outcome[0] ?? ""}
            options={OUTCOMES}
            onChange={({ target }) =>
              setInUrl({
                cursor: null,
                outcome: (["done", "skipped", "failed", "open"] as const).filter(
                  (outcome) => outcome === target.value,
                ),
              })
            }
          />
        </div>
      }
      query={query}
      cursor={filters.cursor}
      onTurn={(cursor) => setInUrl({ cursor })}
      note={({ rows }) => `Newest first · ${plural(rows.length, "task")} on this page`}
      columns={4}
      every={operation.finishedAt === null ? interval : null}
    >
      {({ rows }) =>
        rows.length > 0 ? (
          <Items rows={rows} />
        ) : (
          <p className="px-4 py-6 text-center text-ink-2">
            {filters.outcome.length > 0 ? "No task has this outcome." : "No tasks collected yet."}
          </p>
        )
      }
    </PagedList>
  );
}

function Items({ rows }: { rows: readonly BulkItem[] }) {
  return (
    <Table className="min-w-[680px]">
      <thead className="sticky top-0 z-10 bg-canvas">
        <tr>
          <Th className="w-28 pl-4!">Outcome</Th>
          <Th className="w-32">Task</Th>
          <Th className="w-[20%]">Queue</Th>
          <Th>Note</Th>
          <Th className="w-32 pr-4!">When</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((item) => (
          <tr key={`${item.queue}/${item.taskId}`} className="hover:bg-hover">
            <Td className="pl-4!">
              <Outcome outcome={item.outcome} />
            </Td>
            <Td>
              <TaskLink queue={item.queue} taskId={item.taskId} />
            </Td>
            <Td className="max-w-48 truncate text-ink-2">{item.queue}</Td>
            <Td className="max-w-96 truncate text-ink-2" data-tip={item.message ?? undefined}>
              {item.message}
              {item.newTaskId && (
                <>
                  spawned <TaskLink queue={item.queue} taskId={item.newTaskId} />
                </>
              )}
            </Td>
            <Td className="pr-4!">{item.at ? <RelativeTime iso={item.at} /> : <NoValue />}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Outcome({ outcome }: { outcome: BulkItem["outcome"] }) {
  if (outcome === null) return <span className="text-ink-3">not processed</span>;
  if (outcome === "skipped") return <span className="text-ink-2">skipped</span>;
  return <OutcomeLabel outcome={outcome} />;
}

function TaskLink({ queue, taskId }: { queue: string; taskId: string }) {
  return (
    <Link
      href={taskPath(queue, taskId)}
      data-tip={taskId}
      className="mono text-accent-text hover:underline"
    >
      {formatShortId(taskId)}
    </Link>
  );
}
