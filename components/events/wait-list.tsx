"use client";
import { queueEventsPath } from "@/components/layout/paths";
import { Table, Td, Th } from "@/components/ui/data/table";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { Link } from "@/components/ui/text/link";
import { RelativeTime } from "@/components/ui/text/relative-time";
import type { TaskDetail } from "@/lib/model/task";

/** The events a task is waiting for, and those it waited for whose emit time is still known. */
export function WaitList({ detail }: { detail: TaskDetail }) {
  const { waits, eventsEmittedAt, task } = detail;
  const waitingFor = new Set(waits.map((wait) => wait.eventName));
  const emitted = Object.entries(eventsEmittedAt).filter(([name]) => !waitingFor.has(name));
  if (waits.length === 0 && emitted.length === 0) {
    return (
      <EmptyState icon="zap" title="Not waiting for an event">
        Waits are listed only while they last.
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
              <Emitted iso={eventsEmittedAt[wait.eventName]} />
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

function Emitted({ iso }: { iso: string | undefined }) {
  return iso ? <RelativeTime iso={iso} /> : <span className="text-ink-3">not emitted</span>;
}
