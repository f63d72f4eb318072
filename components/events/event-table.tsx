"use client";
import { ChevronDown, ChevronRight, CircleCheck, CircleDashed, Zap } from "lucide-react";
import { useState } from "react";
import { PayloadView } from "@/components/payloads/payload-view";
import { Button } from "@/components/ui/button";
import { NumberText } from "@/components/ui/count";
import { RelativeTime } from "@/components/ui/relative-time";
import { Table, Td, Th } from "@/components/ui/table";
import type { EventSummary } from "@/lib/analytics/types";
import { formatBytes } from "@/lib/format";
import { eventPayloadQuery } from "@/lib/query/events";
import { eventPayloadUrl } from "@/lib/search-params/payload";

/** Events with their waiters; a row opens to its payload. */
export function EventTable({
  rows,
  onEmit,
}: {
  rows: readonly EventSummary[];
  onEmit: (name: string) => void;
}) {
  return (
    <Table className="table-fixed min-w-[720px]">
      <thead className="sticky top-0 z-10 bg-canvas">
        <tr>
          <Th className="w-8 pl-4!">
            <span className="sr-only">Payload</span>
          </Th>
          <Th className="w-[38%]">Event</Th>
          <Th className="w-28">State</Th>
          <Th className="w-32">Emitted</Th>
          <Th numeric className="w-20">
            Waiters
          </Th>
          <Th className="w-36 pl-5">Next time-out</Th>
          <Th numeric className="w-24">
            Payload
          </Th>
          <Th className="pr-4!">
            <span className="sr-only">Actions</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((event) => (
          <EventRows key={event.name} event={event} onEmit={() => onEmit(event.name)} />
        ))}
      </tbody>
    </Table>
  );
}

function EventRows({ event, onEmit }: { event: EventSummary; onEmit: () => void }) {
  const [open, setOpen] = useState(false);
  const { queue, name, emittedAt, payload } = event;
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <>
      <tr className="hover:bg-hover">
        <Td className="pl-4!">
          {payload && (
            <button
              type="button"
              aria-label={`Payload of ${name}`}
              aria-expanded={open}
              onClick={() => setOpen(!open)}
              className="grid size-8 -translate-x-2 place-items-center rounded-1 text-ink-3 hover:text-ink wide:size-6 wide:-translate-x-1"
            >
              <Chevron size={14} strokeWidth={1.5} aria-hidden />
            </button>
          )}
        </Td>
        <Td className="truncate" title={name}>
          <code className="mono font-medium">{name}</code>
        </Td>
        <Td>
          <EventState emitted={emittedAt !== null} />
        </Td>
        <Td>
          {emittedAt ? <RelativeTime iso={emittedAt} /> : <span className="text-ink-3">–</span>}
        </Td>
        <Td numeric>
          <NumberText value={event.waiters} />
        </Td>
        <Td className="pl-5">
          {event.nextTimeoutAt ? (
            <RelativeTime iso={event.nextTimeoutAt} />
          ) : (
            <span className="text-ink-3">{event.waiters > 0 ? "∞ never" : "–"}</span>
          )}
        </Td>
        <Td numeric className="text-ink-2">
          {payload ? formatBytes(payload.bytes) : <span className="text-ink-3">–</span>}
        </Td>
        <Td numeric className="pr-4!">
          {emittedAt === null && (
            <Button variant="ghost" onClick={onEmit}>
              <Zap size={14} strokeWidth={1.5} aria-hidden />
              Emit
            </Button>
          )}
        </Td>
      </tr>
      {open && (
        <tr>
          <td colSpan={8} className="border-line-subtle border-b bg-canvas pl-8">
            <PayloadView
              payload={payload}
              source={{ query: eventPayloadQuery(queue, name), url: eventPayloadUrl(queue, name) }}
            />
          </td>
        </tr>
      )}
    </>
  );
}

function EventState({ emitted }: { emitted: boolean }) {
  const Icon = emitted ? CircleCheck : CircleDashed;
  return (
    <span className="inline-flex items-center gap-1.5 align-top">
      <Icon
        size={14}
        strokeWidth={1.5}
        aria-hidden
        className={emitted ? "text-completed-solid" : "text-pending-solid"}
      />
      {emitted ? "emitted" : "awaited"}
    </span>
  );
}
