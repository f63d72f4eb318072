"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { PagedList } from "@/components/layout/list/paged-list";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { lazyExtra } from "@/components/ui/feedback/lazy-part";
import { plural } from "@/lib/format";
import { eventsQuery } from "@/lib/query/events";
import { EventFilterBar } from "./event-filter-bar";
import { EventTable } from "./event-table";
import { NoEvents } from "./no-events";
import { QueueFilter } from "./queue-filter";
import { useEventFilters } from "./use-event-filters";

const EmitDialog = lazyExtra(() => import("./emit-dialog").then((m) => m.EmitDialog));

/** The events of one queue, or of all: awaited, emitted, and those that were only asked for. */
export function EventList({ queue }: { queue?: string }) {
  const { filters, narrow, turnTo } = useEventFilters(queue);
  const refetchInterval = useRefreshInterval();
  const query = useQuery({ ...eventsQuery(filters), refetchInterval });
  const [emitting, setEmitting] = useState<{ queue?: string; name?: string } | null>(null);
  const only = filters.queue.length === 1 ? filters.queue[0] : undefined;
  const emitAny = () => setEmitting(only === undefined ? {} : { queue: only });
  return (
    <>
      <PagedList
        title="Events"
        bar={
          <EventFilterBar
            filters={filters}
            onChange={narrow}
            onEmit={emitAny}
            aside={
              queue === undefined && (
                <QueueFilter
                  queues={filters.queue}
                  onChange={(queues) => narrow({ queue: queues })}
                />
              )
            }
          />
        }
        query={query}
        cursor={filters.cursor}
        onTurn={turnTo}
        note={({ rows }) => `${plural(rows.length, "event")} on this page`}
        columns={5}
        keys={{ e: emitAny }}
      >
        {({ rows, unreadable }) => (
          <>
            {unreadable && (
              <p className="border-b px-4 py-2 text-failed">
                Not among these: {unreadable.join(", ")}. The dashboard’s database role cannot read{" "}
                {unreadable.length === 1 ? "its" : "their"} tables.
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
      </PagedList>
      {emitting && <EmitDialog {...emitting} onClose={() => setEmitting(null)} />}
    </>
  );
}
