"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { LogRange, LogScale } from "@/components/charts/log-range";
import { LiveData } from "@/components/layout/live/live-data";
import { queuePath } from "@/components/layout/paths";
import { useWindowRefresh } from "@/components/layout/window/use-window";
import { ScopedLink } from "@/components/tenants/tenant-scope";
import { Panel } from "@/components/ui/data/panel";
import { Table, Td, Th } from "@/components/ui/data/table";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { Button } from "@/components/ui/form/button";
import { CountText, NoValue } from "@/components/ui/text/count";
import { CutName } from "@/components/ui/text/cut-name";
import type { Latency, Quantiles, LatencyRow as Row } from "@/lib/analytics/overview";
import { cn } from "@/lib/cn";
import { formatDuration, formatNumber } from "@/lib/format";
import { CUT_NAME, isCutName, splitCutName } from "@/lib/model/rows/shown-name";
import { serializeTaskFilters } from "@/lib/search-params/tasks/filters";
import type { Window } from "@/lib/search-params/windows";

const ROWS = 10;

/** Wait and run times, by task name or by queue. */
export function LatencyPanel({
  query,
  window,
}: {
  query: UseQueryResult<Latency>;
  window: Window;
}) {
  const [by, setBy] = useState<"names" | "queues">("names");
  return (
    <Panel
      title="Wait and run"
      note={query.data && describeSample(query.data)}
      aside={
        <span className="-my-1 flex">
          {(["names", "queues"] as const).map((one) => (
            <Button
              key={one}
              variant="ghost"
              aria-pressed={one === by}
              onClick={() => setBy(one)}
              className="aria-pressed:bg-active aria-pressed:text-ink wide:h-6"
            >
              {one === "names" ? "By task" : "By queue"}
            </Button>
          ))}
        </span>
      }
    >
      <LiveData
        query={query}
        every={useWindowRefresh(window)}
        skeleton={<SkeletonRows rows={ROWS} columns={5} />}
      >
        {(data) => (
          <Table>
            <thead className="bg-canvas">
              <tr>
                <Th>{by === "names" ? "Task name" : "Queue"}</Th>
                <Th numeric className="max-wide:hidden">
                  Tasks
                </Th>
                <Th numeric className="max-wide:hidden">
                  Wait p50
                </Th>
                <Th numeric>
                  <span className="wide:hidden">Wait </span>p95
                </Th>
                <Th className="hidden pl-0! xwide:table-cell">
                  <span className="sr-only">Wait on a scale</span>
                  <ScaleKey />
                </Th>
                <Th numeric className="max-wide:hidden">
                  Run p50
                </Th>
                <Th numeric>
                  <span className="wide:hidden">Run </span>p95
                </Th>
                <Th className="hidden pl-0! xwide:table-cell">
                  <span className="sr-only">Run time on a scale</span>
                  <ScaleKey />
                </Th>
              </tr>
            </thead>
            <tbody>
              {data[by].slice(0, ROWS).map((row) => (
                <LatencyRow
                  key={row.name}
                  row={row}
                  href={by === "names" ? namePath(row.name, window) : queuePath(row.name)}
                />
              ))}
            </tbody>
          </Table>
        )}
      </LiveData>
      {query.data?.names.length === 0 && (
        <p className="px-3 py-2 text-ink-2">
          No tasks were spawned in this time
          {query.data.unreadable.length > 0 && ", in the queues that could be read"}.
        </p>
      )}
    </Panel>
  );
}

/** Path of the tasks with a name; `null` for a cut name. */
export function namePath(name: string, range: Window): string | null {
  return isCutName(name) ? null : `/tasks${serializeTaskFilters({ name: [name], range })}`;
}

function describeSample({ complete, sampled }: Latency): string {
  return complete
    ? `${formatNumber(sampled)} tasks spawned`
    : `sample of ${formatNumber(sampled)} tasks`;
}

/** The scale of a column, shown in its header. */
function ScaleKey() {
  return (
    <span data-tip="Logarithmic, 10 ms to 30 min; line: p50, dot: p95">
      <LogScale />
    </span>
  );
}

/**
 * A p95 wait at or above this is shown as an alarm, in milliseconds. Run times have no alarm, because they depend on
 * the task.
 */
const LONG_WAIT_MS = 60_000;

function LatencyRow({ row, href }: { row: Row; href: string | null }) {
  const late = (row.wait?.p95 ?? 0) >= LONG_WAIT_MS;
  return (
    <tr className="hover:bg-hover">
      <Td className="max-w-[160px] wide:max-w-[200px] xwide:max-w-[120px]">
        {href === null ? (
          <span className="font-medium">
            <CutName {...splitCutName(row.name)} tip={CUT_NAME} />
          </span>
        ) : (
          <ScopedLink
            href={href}
            data-tip={row.name}
            dir="auto"
            className="block truncate font-medium hover:text-accent-text hover:underline"
          >
            {row.name}
          </ScopedLink>
        )}
      </Td>
      <Td numeric className="text-ink-2 max-wide:hidden">
        <CountText count={row.tasks} />
      </Td>
      <Cells quantiles={row.wait} bad={late} />
      <Cells quantiles={row.run} bad={false} />
    </tr>
  );
}

function Cells({ quantiles, bad }: { quantiles: Quantiles | null; bad: boolean }) {
  if (!quantiles)
    return (
      <>
        <Td numeric className="max-wide:hidden">
          <NoValue />
        </Td>
        <Td numeric>
          <NoValue />
        </Td>
        <Td className="hidden pl-0! xwide:table-cell" />
      </>
    );
  return (
    <>
      <Td numeric className="text-ink-2 max-wide:hidden">
        {formatDuration(quantiles.p50)}
      </Td>
      <Td numeric className={cn(bad && "font-medium text-failed")}>
        {formatDuration(quantiles.p95)}
      </Td>
      <Td className="hidden pl-0! xwide:table-cell">
        <LogRange {...quantiles} bad={bad} />
      </Td>
    </>
  );
}
