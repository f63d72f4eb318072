"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { LogRange } from "@/components/charts/log-range";
import { LiveData } from "@/components/layout/live/live-data";
import { queuePath } from "@/components/layout/paths";
import { Panel } from "@/components/ui/data/panel";
import { Table, Th } from "@/components/ui/data/table";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { Button } from "@/components/ui/form/button";
import type { Latency } from "@/lib/analytics/overview";
import { formatNumber } from "@/lib/format";
import { serializeTaskFilters } from "@/lib/search-params/tasks";
import type { Window } from "@/lib/search-params/windows";
import { LatencyRow } from "./latency-row";

const ROWS = 10;

/** How long tasks wait and run, by task name or by queue. */
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
      note={query.data && scope(query.data)}
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
      <LiveData query={query} skeleton={<SkeletonRows rows={ROWS} columns={5} />}>
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
                <Th aria-label="Wait on a scale" className="hidden xwide:table-cell">
                  <Key />
                </Th>
                <Th numeric className="max-wide:hidden">
                  Run p50
                </Th>
                <Th numeric>
                  <span className="wide:hidden">Run </span>p95
                </Th>
                <Th aria-label="Run time on a scale" className="hidden xwide:table-cell">
                  <Key />
                </Th>
              </tr>
            </thead>
            <tbody>
              {data[by].slice(0, ROWS).map((row) => (
                <LatencyRow
                  key={row.name}
                  row={row}
                  href={
                    by === "names"
                      ? `/tasks${serializeTaskFilters({ name: [row.name], range: window })}`
                      : queuePath(row.name)
                  }
                />
              ))}
            </tbody>
          </Table>
        )}
      </LiveData>
      {query.data?.names.length === 0 && (
        <p className="px-3 py-2 text-ink-2">No task was spawned in this time.</p>
      )}
    </Panel>
  );
}

function scope({ complete, sampled }: Latency): string {
  return complete
    ? `${formatNumber(sampled)} tasks spawned`
    : `from a sample of ${formatNumber(sampled)} tasks`;
}

/** The scale, once a column. */
function Key() {
  return (
    <span title="Logarithmic, 10 ms to 30 min: the line is p50, the dot p95">
      <LogRange p50={100} p95={10_000} bad={false} />
    </span>
  );
}
