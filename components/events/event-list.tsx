"use client";
import { useQuery } from "@tanstack/react-query";
import { Zap } from "lucide-react";
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { LiveData } from "@/components/layout/live-data";
import { Pager } from "@/components/layout/pager";
import { useRefreshInterval } from "@/components/layout/preferences-provider";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useHotkeys } from "@/components/ui/hotkeys";
import { SkeletonRows } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";
import { plural } from "@/lib/format";
import { eventsQuery } from "@/lib/query/events";
import { EventFilterBar } from "./event-filter-bar";
import { EventTable } from "./event-table";
import { useEventFilters } from "./use-event-filters";

const EmitDialog = dynamic(() => import("./emit-dialog").then((m) => m.EmitDialog));

/** The events of a queue: emitted ones, and those that somebody waits for. `aside` joins the bar of filters. */
export function EventList({ queue, aside }: { queue: string; aside?: ReactNode }) {
  const { filters, narrow, turnTo } = useEventFilters();
  const refetchInterval = useRefreshInterval();
  const query = useQuery({
    ...eventsQuery(queue, filters),
    refetchInterval,
  });
  const [emitting, setEmitting] = useState<{ name?: string } | null>(null);
  const page = query.data;
  useHotkeys({
    r: () => query.refetch(),
    e: () => setEmitting({}),
    "]": page?.older ? () => turnTo(page.older) : undefined,
    "[": page?.newer ? () => turnTo(page.newer) : undefined,
  });
  const filtered = Boolean(filters.name || filters.state.length);
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface">
      <h1 className="sr-only">Events</h1>
      <EventFilterBar
        filters={filters}
        onChange={narrow}
        aside={aside}
        onEmit={() => setEmitting({})}
      />
      <div
        aria-busy={query.isPlaceholderData}
        className={cn(
          "min-h-0 flex-1 overflow-auto border-t",
          query.isPlaceholderData && "opacity-60",
        )}
      >
        <LiveData query={query} skeleton={<SkeletonRows rows={12} columns={5} />}>
          {({ rows }) =>
            rows.length > 0 ? (
              <EventTable rows={rows} onEmit={(name) => setEmitting({ name })} />
            ) : (
              <EmptyState
                icon={Zap}
                title={filtered ? "No event matches" : "No event yet"}
                actions={
                  filtered && (
                    <Button variant="primary" onClick={() => narrow({ name: null, state: [] })}>
                      Remove all filters
                    </Button>
                  )
                }
              >
                {filtered
                  ? "Names are matched from their beginning, as written."
                  : "An event shows here when it is emitted, or as soon as a task waits for it."}
              </EmptyState>
            )
          }
        </LiveData>
      </div>
      <Pager
        page={page}
        note={page && `${plural(page.rows.length, "event")} on this page`}
        first={!filters.cursor}
        onTurn={turnTo}
      />
      {emitting && (
        <EmitDialog queue={queue} name={emitting.name} onClose={() => setEmitting(null)} />
      )}
    </div>
  );
}

export function EventListSkeleton() {
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-hidden bg-surface">
      <div className="h-13 shrink-0 border-b" />
      <SkeletonRows rows={12} columns={5} />
    </div>
  );
}
