"use client";
import { StateIcon } from "@/components/tasks/state/state-icon";
import { ScopedLink, useTenantScope } from "@/components/tenants/tenant-scope";
import { Panel } from "@/components/ui/data/panel";
import { Icon } from "@/components/ui/icons/icon";
import { useClock } from "@/components/ui/text/clock";
import type { Queue } from "@/lib/model/queue";
import { type Concern, concernsOf, worstFirst } from "./concerns";

const LIMIT = 8;

/** What needs attention, as sentences with the way to it. */
export function Attention({
  queues,
  more = [],
}: {
  queues: readonly Queue[];
  /** What other figures than those of the queues say. */
  more?: readonly Concern[];
}) {
  const now = useClock((time) => time);
  const concerns = worstFirst([...more, ...concernsOf(queues, now, useTenantScope().length === 0)]);
  const affected = new Set(concerns.map((concern) => concern.queue)).size;
  return (
    <Panel
      title="Needs attention"
      note={queues.length > 1 && `${affected} of ${queues.length} queues`}
    >
      {concerns.length === 0 ? (
        <p className="flex min-h-9 items-center gap-2 px-3 text-ink-2">
          <Icon name="circle-check" strokeWidth={2} size={14} className="text-completed-solid" />
          Nothing waits too long, no lease is lost.
        </p>
      ) : (
        <ul>
          {concerns.slice(0, LIMIT).map((concern) => (
            <li
              key={concern.key}
              className="flex min-h-9 flex-wrap items-center gap-x-2 border-line-subtle border-b px-3 py-1 last:border-b-0"
            >
              <StateIcon state={concern.state} />
              <span className="min-w-0 flex-1 basis-64 break-words">
                <strong className="font-semibold">{concern.queue}</strong>: {concern.text}
              </span>
              <ScopedLink
                href={concern.href}
                className="flex min-h-9 items-center font-medium text-accent-text hover:underline wide:min-h-0"
              >
                {concern.action}
                <Icon name="chevron-right" strokeWidth={2} size={14} />
              </ScopedLink>
            </li>
          ))}
          {concerns.length > LIMIT && (
            <li className="px-3 py-1.5 text-12 text-ink-3">and {concerns.length - LIMIT} more</li>
          )}
        </ul>
      )}
    </Panel>
  );
}
