"use client";
import { useState } from "react";
import { useHeldOrder } from "@/components/layout/list/held-order";
import { queuePath } from "@/components/layout/paths";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { PayloadView } from "@/components/payloads/payload-view";
import { Table, Td, TdDetails, Th } from "@/components/ui/data/table";
import { Icon } from "@/components/ui/icons/icon";
import type { IconName } from "@/components/ui/icons/icon-names";
import { NoValue, NumberText } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import { RelativeTime } from "@/components/ui/text/relative-time";
import { cn } from "@/lib/cn";
import { formatSize, plural } from "@/lib/format";
import type { EventSummary } from "@/lib/model/rows/event";
import { eventPayloadQuery } from "@/lib/query/events";
import { eventPayloadUrl } from "@/lib/search-params/payload";
import { WaiterList } from "./waiter-list";

/** Narrow screens show only name and state; the expanded row has the rest. */
const NARROW = "max-wide:hidden";
/** Columns hidden in tables where the name would get less than 280 pixels. */
const LATER = "hidden @min-[1000px]:table-cell";

/**
 * Events with their waiters. A row expands to the payload and the waiting tasks. Rows do not move under the pointer.
 */
export function EventTable({
  rows,
  withQueue,
  onEmit,
}: {
  rows: readonly EventSummary[];
  withQueue: boolean;
  onEmit: (event: EventSummary) => void;
}) {
  const { rows: shown, over } = useHeldOrder(rows, eventKey);
  return (
    <Table>
      <thead className="sticky top-0 z-10 bg-canvas">
        <tr>
          <Th className="w-9 pl-3!">
            <span className="sr-only">Open</span>
          </Th>
          <Th className="w-full">Event</Th>
          {withQueue && <Th className={NARROW}>Queue</Th>}
          <Th>State</Th>
          <Th className={NARROW}>Emitted</Th>
          <Th numeric className={NARROW}>
            Waiters
          </Th>
          <Th className={`pl-5 ${LATER}`}>Next timeout</Th>
          <Th numeric className={LATER}>
            Payload
          </Th>
          <Th className={`pr-4! ${NARROW}`}>
            <span className="sr-only">Actions</span>
          </Th>
        </tr>
      </thead>
      <tbody {...over}>
        {shown.map((event) => (
          <EventRow
            key={eventKey(event)}
            event={event}
            withQueue={withQueue}
            onEmit={() => onEmit(event)}
          />
        ))}
      </tbody>
    </Table>
  );
}

const eventKey = ({ queue, name }: EventSummary) => JSON.stringify([queue, name]);

function EventRow({
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
    <PermittedButton
      permission="emit event"
      variant="ghost"
      aria-label={`Emit ${name}`}
      onClick={onEmit}
    >
      <Icon name="zap" size={14} />
      Emit
    </PermittedButton>
  );
  return (
    <>
      <tr className="hover:bg-hover">
        <Td className="pl-3!">
          {opens && (
            <button
              type="button"
              data-row
              aria-label={payload ? `Payload of ${name}` : `Tasks waiting for ${name}`}
              aria-expanded={open}
              onClick={() => setOpen(!open)}
              className="grid size-9 -translate-x-2 place-items-center rounded-1 text-ink-3 hover:text-ink wide:size-6 wide:-translate-x-0.5"
            >
              <Icon name={open ? "chevron-down" : "chevron-right"} size={14} />
            </button>
          )}
        </Td>
        <Td className="max-w-0 truncate wide:min-w-[280px]" data-tip={name}>
          <code className="mono font-medium">{name}</code>
        </Td>
        {withQueue && (
          <Td className={`max-w-[200px] truncate ${NARROW}`}>
            <Link href={queuePath(queue)} data-tip={queue} className="text-ink-2 hover:underline">
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
        <Td className={`pl-5 ${LATER}`}>
          <NextTimeout event={event} />
        </Td>
        <Td numeric className={`text-ink-2 ${LATER}`}>
          {payload ? formatSize(payload) : <NoValue />}
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
  return event.waiters > 0 ? <span className="text-ink-3">∞ no timeout</span> : <NoValue />;
}

/** "awaited" only while a run waits, not for an event that was awaited earlier. */
function EventStateLabel({ event }: { event: EventSummary }) {
  const { icon, words, title, className } = describe(event);
  return (
    <span
      data-tip={title}
      className={cn("inline-flex items-center gap-1.5 align-top", className.text)}
    >
      <Icon name={icon} size={14} className={className.icon} />
      {words}
    </span>
  );
}

type Described = {
  icon: IconName;
  words: string;
  title?: string;
  className: { icon: string; text: string };
};

function describe({ state, overdue }: EventSummary): Described {
  if (state === "emitted")
    return {
      icon: "circle-check",
      words: "emitted",
      className: { icon: "text-completed-solid", text: "" },
    };
  if (state === "asked")
    return {
      icon: "circle-help",
      words: "no waiters",
      title: "Awaited earlier, never emitted; no task is waiting now",
      className: { icon: "text-ink-3", text: "text-ink-3" },
    };
  if (overdue > 0)
    return {
      icon: "timer-off",
      words: "timeout due",
      title:
        "A timeout has passed; the waiting run resumes without the event when a worker claims it",
      className: { icon: "text-pending-solid", text: "font-medium text-pending" },
    };
  return {
    icon: "circle-dashed",
    words: "awaited",
    className: { icon: "text-sleeping-solid", text: "" },
  };
}
