"use client";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { LiveData } from "@/components/layout/live-data";
import { Pager } from "@/components/layout/pager";
import { useRefreshInterval } from "@/components/layout/preferences-provider";
import { useHotkeys } from "@/components/ui/hotkeys";
import { SkeletonRows } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";
import { plural } from "@/lib/format";
import { eventsQuery } from "@/lib/query/events";
import { EventFilterBar } from "./event-filter-bar";
import { EventTable } from "./event-table";
import { NoEvents } from "./no-events";
import { QueueFilter } from "./queue-filter";
import { useEventFilters } from "./use-event-filters";

const EmitDialog = dynamic(() => import("./emit-dialog").then((m) => m.EmitDialog));

/** The events of one queue, or of all: awaited, emitted, and those that were only asked for. */
export function EventList({ queue }: { queue?: string }) {
  const { filters, narrow, turnTo } = useEventFilters(queue);
  const refetchInterval = useRefreshInterval();
  const query = useQuery({ ...eventsQuery(filters), refetchInterval });
  const [emitting, setEmitting] = useState<{ queue?: string; name?: string } | null>(null);
  const page = query.data;
  const only = filters.queue.length === 1 ? filters.queue[0] : undefined;
  const emitAny = () => setEmitting(only === undefined ? {} : { queue: only });
  useHotkeys({
    r: () => query.refetch(),
    e: emitAny,
    "]": page?.older ? () => turnTo(page.older) : undefined,
    "[": page?.newer ? () => turnTo(page.newer) : undefined,
  });
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface">
      <h1 className="sr-only">Events</h1>
      <EventFilterBar
        filters={filters}
        onChange={narrow}
        onEmit={emitAny}
        aside={
          queue === undefined && (
            <QueueFilter queues={filters.queue} onChange={(queues) => narrow({ queue: queues })} />
          )
        }
      />
      <div
        aria-busy={query.isPlaceholderData}
        className={cn(
          "min-h-0 flex-1 overflow-auto border-t",
          query.isPlaceholderData && "opacity-60",
        )}
      >
        <LiveData query={query} skeleton={<SkeletonRows rows={12} columns={5} />}>
          {({ rows, unreadable }) => (
            <>
              {unreadable && (
                <p className="border-b px-4 py-2 text-failed">
                  Not among these: {unreadable.join(", ")}. The dashboard’s database role cannot
                  read {unreadable.length === 1 ? "its" : "their"} tables.
                </p>
              )}
              {rows.length > 0 ? (
                <EventTable
                  rows={rows}
                  withQueue={queue === undefined}
                  onEmit={({ queue, name }) => setEmitting({ queue, name })}
                />
              ) : (
                <NoEvents filters={filters} onReset={() => narrow({ name: null, state: [] })} />
              )}
            </>
          )}
        </LiveData>
      </div>
      <Pager
        page={page}
        note={page && `${plural(page.rows.length, "event")} on this page`}
        first={!filters.cursor}
        onTurn={turnTo}
      />
      {emitting && <EmitDialog {...emitting} onClose={() => setEmitting(null)} />}
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
