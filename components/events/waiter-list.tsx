"use client";
import { useQuery } from "@tanstack/react-query";
import { LiveData } from "@/components/layout/live/live-data";
import { polled, untilNext } from "@/components/layout/live/polling";
import { taskPath } from "@/components/layout/paths";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { Table, Td, Th } from "@/components/ui/data/table";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { useClock } from "@/components/ui/text/clock";
import { Link } from "@/components/ui/text/link";
import { RelativeTime } from "@/components/ui/text/relative-time";
import { formatNumber, formatShortId } from "@/lib/format";
import { toMs } from "@/lib/model/instants";
import type { EventWaiters } from "@/lib/model/rows/event";
import { eventWaitersQuery } from "@/lib/query/events";

/** The tasks waiting for an event, earliest timeout first. */
export function WaiterList({ queue, name }: { queue: string; name: string }) {
  const refetchInterval = polled<EventWaiters>(useRefreshInterval(), ({ rows, now }) =>
    untilNext(
      now,
      rows.map(({ timeoutAt }) => timeoutAt),
    ),
  );
  const query = useQuery({ ...eventWaitersQuery(queue, name), refetchInterval });
  return (
    <LiveData query={query} skeleton={<SkeletonRows rows={1} columns={4} />}>
      {({ rows, total }) =>
        rows.length === 0 ? (
          <p className="px-3 py-2 text-ink-3">No task is waiting any more.</p>
        ) : (
          <>
            <Table aria-label={`Tasks waiting for ${name}`}>
              <thead>
                <tr>
                  <Th>Waiting task</Th>
                  <Th className="max-wide:hidden">Step</Th>
                  <Th className="max-wide:hidden">Waiting since</Th>
                  <Th>Times out</Th>
                </tr>
              </thead>
              <tbody>
                {rows.map((waiter) => (
                  <tr key={waiter.runId + waiter.stepName}>
                    <Td>
                      <Link
                        href={taskPath(queue, waiter.taskId)}
                        className="font-medium text-accent-text hover:underline"
                      >
                        {waiter.taskName}
                      </Link>{" "}
                      <code className="mono text-ink-3">{formatShortId(waiter.taskId)}</code>
                      {waiter.tenantId !== null && (
                        <span className="text-ink-2"> · {waiter.tenantId}</span>
                      )}
                    </Td>
                    <Td className="mono text-ink-2 max-wide:hidden">{waiter.stepName}</Td>
                    <Td className="max-wide:hidden">
                      <RelativeTime iso={waiter.createdAt} />
                    </Td>
                    <Td>
                      <TimesOut iso={waiter.timeoutAt} />
                    </Td>
                  </tr>
                ))}
              </tbody>
            </Table>
            {total > rows.length && (
              <p className="px-3 py-2 text-12 text-ink-3">
                The {rows.length} with the earliest timeouts, of {formatNumber(total)}.
              </p>
            )}
          </>
        )
      }
    </LiveData>
  );
}

function TimesOut({ iso }: { iso: string | null }) {
  const passed = useClock((now) => iso !== null && toMs(iso) <= now);
  if (iso === null) return <span className="text-ink-3">∞ no timeout</span>;
  return (
    <span className={passed ? "font-medium text-pending" : undefined}>
      <RelativeTime iso={iso} />
      {passed && ", not claimed yet"}
    </span>
  );
}
