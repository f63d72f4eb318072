"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { useState } from "react";
import { PagedList } from "@/components/layout/list/paged-list";
import { polled, untilNext } from "@/components/layout/live/polling";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { useDenied } from "@/components/layout/session/access-provider";
import { useTenants } from "@/components/tenants/tenants-provider";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { lazyDialog } from "@/components/ui/feedback/lazy";
import { Button } from "@/components/ui/form/button";
import { plural } from "@/lib/format";
import type { Page } from "@/lib/model/page";
import { describeUnreadable } from "@/lib/model/queue";
import type { EventSummary } from "@/lib/model/rows/event";
import { eventsQuery } from "@/lib/query/events";
import { type EventFilters, eventsSearchParams } from "@/lib/search-params/events";
import { EventFilterBar } from "./event-filter-bar";
import { EventTable } from "./event-table";

const EmitDialog = lazyDialog(() => import("./emit-dialog").then((m) => m.EmitDialog));

/** Events of one queue or of all: awaited, emitted, and awaited earlier but never emitted. */
export function EventList({ queue }: { queue?: string }) {
  const { filters, narrow, turnTo } = useEventFilters(queue);
  const refetchInterval = polled<Page<EventSummary>>(useRefreshInterval(), ({ rows, now }) =>
    untilNext(
      now,
      rows.map(({ nextTimeoutAt }) => nextTimeoutAt),
    ),
  );
  const query = useQuery({ ...eventsQuery(filters), refetchInterval });
  const [emitting, setEmitting] = useState<{ queue?: string; name?: string } | null>(null);
  const only = filters.queue.length === 1 ? filters.queue[0] : undefined;
  const denied = useDenied("emit event");
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
            onEmitIntent={EmitDialog.preload}
            oneQueue={queue !== undefined}
          />
        }
        query={query}
        cursor={filters.cursor}
        onTurn={turnTo}
        note={({ rows }) => `${plural(rows.length, "event")} on this page`}
        columns={5}
        keys={denied ? {} : { e: emitAny }}
      >
        {({ rows, unreadable }) => (
          <>
            {unreadable && (
              <p className="border-b px-4 py-2 text-failed">
                Not included: {describeUnreadable(unreadable)}.
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

/** Explains why the list is empty, and what to do about it. */
function NoEvents({ filters, onReset }: { filters: EventFilters; onReset: () => void }) {
  const tenants = useTenants();
  if (filters.name === null && filters.state.length + filters.tenant.length === 0) {
    return (
      <EmptyState icon="zap" title={tenants ? "No awaited events" : "No events yet"}>
        {tenants
          ? `An event is listed while a task of ${tenants.join(" or ")} waits for it.`
          : "An event is listed once it is emitted or a task waits for it."}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="zap"
      title="No event matches"
      actions={
        <Button variant="primary" onClick={onReset}>
          Remove all filters
        </Button>
      }
    >
      Names must start with the text, in the same case.
    </EmptyState>
  );
}

/** The filters from the URL. The list of one queue ignores the queue in the URL. */
function useEventFilters(queue?: string) {
  const [inUrl, setFilters] = useQueryStates(eventsSearchParams, { history: "push" });
  const filters = queue === undefined ? inUrl : { ...inUrl, queue: [queue] };
  return {
    filters,
    /** Changes filters and returns to the first page. */
    narrow: (change: Partial<EventFilters>) => setFilters({ cursor: null, ...change }),
    turnTo: (cursor: string | null) => setFilters({ cursor }),
  };
}
