"use client";
import { queueEventsPath } from "@/components/layout/paths";
import { Table, Td, Th } from "@/components/ui/data/table";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { NoValue } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import { AbsoluteTime, RelativeTime } from "@/components/ui/text/relative-time";
import { getOwn } from "@/lib/model/get-own";
import { toInstant } from "@/lib/model/instants";
import { isActive } from "@/lib/model/states";
import type { TaskDetail } from "@/lib/model/task";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import { labelStep } from "@/lib/timeline/labels";

/** Events that a task waits for, those it received, and past waits whose emit time is still known. */
export function WaitList({ detail }: { detail: TaskDetail }) {
  const { waits, eventsEmittedAt, task } = detail;
  const waitingFor = new Set(waits.map((wait) => wait.eventName));
  const received = listReceived(detail);
  const known = new Set([...waitingFor, ...received.map(({ event }) => event)]);
  const emitted = Object.entries(eventsEmittedAt).filter(([name]) => !known.has(name));
  if (waits.length + received.length + emitted.length === 0) {
    return isActive(task.state) ? (
      <EmptyState icon="zap" title="Not waiting for an event">
        Waits are listed only while they last.
      </EmptyState>
    ) : (
      <EmptyState icon="zap" title="No events">
        No checkpoint that was read holds an event. Waits are listed only while they last.
      </EmptyState>
    );
  }
  const href = (name: string) => `${queueEventsPath(task.queue)}?name=${encodeURIComponent(name)}`;
  return (
    <Table>
      <thead className="bg-canvas">
        <tr>
          <Th>Event</Th>
          <Th>Step</Th>
          <Th>Waiting since</Th>
          <Th>Times out</Th>
          <Th>Emitted</Th>
          <Th>Received</Th>
        </tr>
      </thead>
      <tbody>
        {waits.map((wait) => (
          <tr key={`${wait.runId}${wait.stepName}`}>
            <Td>
              <EventLink name={wait.eventName} href={href(wait.eventName)} />
            </Td>
            <Td className="mono text-ink-2">{wait.stepName}</Td>
            <Td>
              <RelativeTime iso={wait.createdAt} />
            </Td>
            <Td>{wait.timeoutAt ? <RelativeTime iso={wait.timeoutAt} /> : "∞ no timeout"}</Td>
            <Td>
              <Emitted iso={getOwn(eventsEmittedAt, wait.eventName)} />
            </Td>
            <Td className="text-ink-3">waiting</Td>
          </tr>
        ))}
        {received.map(({ event, step, from, at }) => (
          <tr key={`received ${event} ${step}`}>
            <Td>
              <EventLink name={event} href={href(event)} />
            </Td>
            <Td className="mono text-ink-2">{labelStep(step)}</Td>
            <Td>{from === null ? <NoValue /> : <AbsoluteTime iso={toInstant(from)} />}</Td>
            <Td>
              <NoValue />
            </Td>
            <Td>
              <Emitted iso={getOwn(eventsEmittedAt, event)} unknown />
            </Td>
            <Td>
              <AbsoluteTime iso={toInstant(at)} />
            </Td>
          </tr>
        ))}
        {emitted.map(([name, iso]) => (
          <tr key={name} className="text-ink-2">
            <Td>
              <EventLink name={name} href={href(name)} />
            </Td>
            <Td className="text-ink-3">–</Td>
            <Td className="text-ink-3">not stored</Td>
            <Td className="text-ink-3">–</Td>
            <Td>
              <Emitted iso={iso} />
            </Td>
            <Td>
              <NoValue />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function EventLink({ name, href }: { name: string; href: string }) {
  return (
    <Link href={href} className="mono text-accent-text hover:underline">
      {name}
    </Link>
  );
}

/** `unknown`: the event was received but its row is gone, so its emit time isn't known. */
function Emitted({ iso, unknown = false }: { iso: string | undefined; unknown?: boolean }) {
  if (iso) return <RelativeTime iso={iso} />;
  return <span className="text-ink-3">{unknown ? "no longer stored" : "not emitted"}</span>;
}

type Received = { event: string; step: string; from: number | null; at: number };

/** Events recorded in the task's checkpoints, in order; `from` is `null` where the start of the wait is inferred. */
function listReceived(detail: TaskDetail): Received[] {
  return buildTimeline(detail).lanes.flatMap(({ spans }) =>
    spans.flatMap((span) =>
      span.kind === "event-wait" && span.event !== null && span.end !== "open"
        ? {
            event: span.event,
            step: span.step,
            from: span.start === "inferred" ? null : span.from,
            at: span.to,
          }
        : [],
    ),
  );
}
