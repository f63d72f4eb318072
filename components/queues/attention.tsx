"use client";
import { failuresPath } from "@/components/failures/paths";
import { queuePath, queueTasksPath } from "@/components/layout/paths";
import { StateIcon } from "@/components/tasks/state/state-icon";
import { ScopedLink, useTenantScope } from "@/components/tenants/tenant-scope";
import { Panel } from "@/components/ui/data/panel";
import { Icon } from "@/components/ui/icons/icon";
import { useClock } from "@/components/ui/text/clock";
import {
  type Concern,
  type ConcernTarget,
  listConcerns,
  sortBySeverity,
} from "@/lib/diagnosis/concerns";
import type { Queue } from "@/lib/model/queue";
import type { Window } from "@/lib/search-params/windows";

const LIMIT = 8;

/** What needs attention, as sentences with links. */
export function Attention({
  queues,
  window,
  more = [],
}: {
  queues: readonly Queue[];
  /** Time range of linked failures. */
  window?: Window;
  /** Concerns from other data than the queues. */
  more?: readonly Concern[];
}) {
  const now = useClock((time) => time);
  const concerns = sortBySeverity([
    ...more,
    ...listConcerns(queues, now, useTenantScope().length === 0),
  ]);
  const affected = new Set(concerns.map((concern) => concern.queue)).size;
  return (
    <Panel
      title="Needs attention"
      note={queues.length > 1 && `${affected} of ${queues.length} queues`}
    >
      {concerns.length === 0 ? (
        <p className="flex min-h-9 items-center gap-2 px-3 text-ink-2">
          <Icon name="circle-check" strokeWidth={2} size={14} className="text-completed-solid" />
          All clear: no backlog, failures or lost leases.
        </p>
      ) : (
        <ul>
          {concerns.slice(0, LIMIT).map((concern) => (
            <li
              key={`${concern.queue} ${concern.state}`}
              className="flex min-h-9 flex-wrap items-center gap-x-2 border-line-subtle border-b px-3 py-1 last:border-b-0"
            >
              <StateIcon state={concern.state} />
              <span className="min-w-0 flex-1 basis-64 break-words">
                <strong className="font-semibold">{concern.queue}</strong>: {concern.text}
              </span>
              <ScopedLink
                href={pathTo(concern, window)}
                className="flex min-h-9 items-center font-medium text-accent-text hover:underline wide:min-h-0"
              >
                {labelOf(concern.target)}
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

function pathTo({ queue, target }: Concern, window: Window | undefined): string {
  if (target === "queue") return queuePath(queue);
  if (target === "failures")
    return failuresPath({ ...(window && { range: window }), queue: [queue] });
  return `${queueTasksPath(queue)}?state=${target.tasks}`;
}

function labelOf(target: ConcernTarget): string {
  if (target === "queue") return "Show queue";
  return target === "failures" ? "Show failures" : `Show ${target.tasks}`;
}
