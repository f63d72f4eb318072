"use client";
import { useState } from "react";
import { queuePath } from "@/components/layout/paths";
import { PayloadView } from "@/components/payloads/payload-view";
import { Td, TdDetails } from "@/components/ui/data/table";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { NumberText } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import { NoValue } from "@/components/ui/text/no-value";
import { RelativeTime } from "@/components/ui/text/relative-time";
import { formatBytes, plural } from "@/lib/format";
import type { EventSummary } from "@/lib/model/event";
import { eventPayloadQuery } from "@/lib/query/events";
import { eventPayloadUrl } from "@/lib/search-params/payload";
import { EventStateLabel } from "./event-state";
import { WaiterList } from "./waiter-list";

/** Narrow screens keep name and state; opened, a row tells the rest. */
const NARROW = "max-wide:hidden";

/** One event on a line, and below it what it opens to. */
export function EventRow({
  event,
  withQueue,
  onEmit,
}: {
  event: EventSummary;
  withQueue: boolean;
  onEmit: () => void;
}) {
  const [open, setOpen] = useState(false);
  const { queue, name, state, emittedAt, payload } = event;
  const waiting = event.waiters + event.overdue;
  const opens = payload !== null || waiting > 0;
  const emit = state !== "emitted" && (
    <Button variant="ghost" aria-label={`Emit ${name}`} onClick={onEmit}>
      <Icon name="zap" size={14} />
      Emit
    </Button>
  );
  return (
    <>
      <tr className="hover:bg-hover">
        <Td className="pl-3!">
          {opens && (
            <button
              type="button"
              data-row
              aria-label={payload ? `Payload of ${name}` : `Who waits for ${name}`}
              aria-expanded={open}
              onClick={() => setOpen(!open)}
              className="grid size-9 -translate-x-2 place-items-center rounded-1 text-ink-3 hover:text-ink wide:size-6 wide:-translate-x-0.5"
            >
              <Icon name={open ? "chevron-down" : "chevron-right"} size={14} />
            </button>
          )}
        </Td>
        <Td className="max-w-0 truncate" title={name}>
          <code className="mono font-medium">{name}</code>
        </Td>
        {withQueue && (
          <Td className={`truncate ${NARROW}`}>
            <Link href={queuePath(queue)} title={queue} className="text-ink-2 hover:underline">
              {queue}
            </Link>
          </Td>
        )}
        <Td>
          <EventStateLabel event={event} />
        </Td>
        <Td className={NARROW}>{emittedAt ? <RelativeTime iso={emittedAt} /> : <NoValue />}</Td>
        <Td numeric className={NARROW}>
          <NumberText value={event.waiters} />
        </Td>
        <Td className={`pl-5 ${NARROW}`}>
          <NextTimeout event={event} />
        </Td>
        <Td numeric className={`text-ink-2 ${NARROW}`}>
          {payload ? formatBytes(payload.bytes) : <NoValue />}
        </Td>
        <Td numeric className={`pr-4! ${NARROW}`}>
          {emit}
        </Td>
      </tr>
      {open && opens && (
        <tr>
          <TdDetails colSpan={withQueue ? 9 : 8} className="wide:pl-8">
            <p className="flex flex-wrap items-center gap-x-3 px-3 pt-2 text-12 text-ink-2 wide:hidden">
              <span>{queue}</span>
              <span>{plural(event.waiters, "waiter")}</span>
              {emittedAt ? <RelativeTime iso={emittedAt} /> : <NextTimeout event={event} />}
              {emit}
            </p>
            {payload && (
              <PayloadView
                payload={payload}
                source={{
                  query: eventPayloadQuery(queue, name),
                  url: eventPayloadUrl(queue, name),
                }}
              />
            )}
            {waiting > 0 && <WaiterList queue={queue} name={name} />}
          </TdDetails>
        </tr>
      )}
    </>
  );
}

function NextTimeout({ event }: { event: EventSummary }) {
  if (event.nextTimeoutAt) {
    return (
      <span className={event.overdue > 0 ? "font-medium text-pending" : undefined}>
        <RelativeTime iso={event.nextTimeoutAt} />
      </span>
    );
  }
  return event.waiters > 0 ? <span className="text-ink-3">∞ never</span> : <NoValue />;
}
