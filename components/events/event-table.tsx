"use client";
import { Table, Th } from "@/components/ui/data/table";
import type { EventSummary } from "@/lib/model/event";
import { EventRow } from "./event-row";

/** Events with their waiters; a row opens to its payload, or to who waits. */
export function EventTable({
  rows,
  withQueue,
  onEmit,
}: {
  rows: readonly EventSummary[];
  withQueue: boolean;
  onEmit: (event: EventSummary) => void;
}) {
  return (
    <Table className="wide:min-w-[760px] wide:table-fixed">
      <thead className="sticky top-0 z-10 bg-canvas">
        <tr>
          <Th className="w-9 pl-3!">
            <span className="sr-only">Open</span>
          </Th>
          <Th className="w-full wide:w-[38%]">Event</Th>
          {withQueue && <Th className="w-[16%] max-wide:hidden">Queue</Th>}
          <Th className="w-32">State</Th>
          <Th className="w-28 max-wide:hidden">Emitted</Th>
          <Th numeric className="w-20 max-wide:hidden">
            Waiters
          </Th>
          <Th className="w-32 pl-5 max-wide:hidden">Next time-out</Th>
          <Th numeric className="w-20 max-wide:hidden">
            Payload
          </Th>
          <Th className="w-24 pr-4! max-wide:hidden">
            <span className="sr-only">Actions</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((event) => (
          <EventRow
            key={JSON.stringify([event.queue, event.name])}
            event={event}
            withQueue={withQueue}
            onEmit={() => onEmit(event)}
          />
        ))}
      </tbody>
    </Table>
  );
}
