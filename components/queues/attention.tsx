"use client";
import { useState } from "react";
import { failuresPath } from "@/components/failures/paths";
import { formatCountTitle, usePageTitle } from "@/components/layout/frame/page-title";
import { useSectionFigures } from "@/components/layout/frame/section-counts";
import { queuePath, queueTasksPath, taskPath } from "@/components/layout/paths";
import { WINDOW_WORDS } from "@/components/layout/window/window-switch";
import { StateIcon } from "@/components/tasks/state/state-icon";
import { ScopedLink } from "@/components/tenants/tenant-scope";
import { Panel } from "@/components/ui/data/panel";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import type { Throughput } from "@/lib/analytics/overview";
import {
  type Concern,
  type ConcernTarget,
  describeAllClear,
  listConcerns,
} from "@/lib/diagnosis/concerns";
import { plural } from "@/lib/format";
import type { QueueList } from "@/lib/model/queue";
import type { TopFailureGroup } from "@/lib/model/rows/failure";
import type { Window } from "@/lib/search-params/windows";
import { sumFigures } from "./section-figures";

const LIMIT = 8;

/** Current concerns as sentences with links. */
export function Attention({
  list: { queues, now },
  throughput,
  groups,
  page,
  tenants,
}: {
  list: QueueList;
  /** Finished attempts in the page's time range. There is no all-clear until they are loaded. */
  throughput: Throughput | undefined;
  groups?: readonly TopFailureGroup[] | undefined;
  /** The page's name, for its title. */
  page: string;
  /** The chosen tenants, none for all, if the list has all queues: the navigation then shows the same figures. */
  tenants?: readonly string[];
}) {
  const attempts = throughput && { ...throughput, words: WINDOW_WORDS[throughput.window] };
  const concerns = listConcerns({ queues, now, attempts, groups });
  usePageTitle(formatCountTitle(concerns.length, page));
  useSectionFigures(
    tenants && sumFigures({ queues, now }, { throughput, concerns: concerns.length, tenants }),
  );
  const clear = describeAllClear({ attempts, oneQueue: tenants === undefined });
  const [all, setAll] = useState(false);
  const byQueue = groupByQueue(concerns);
  const shown = all ? byQueue : byQueue.slice(0, LIMIT);
  return (
    <Panel
      title="Needs attention"
      note={queues.length > 1 && `${byQueue.length} of ${queues.length} queues`}
    >
      {concerns.length === 0 ? (
        <p className="flex min-h-9 gap-2 px-3 py-2 text-ink-2">
          <span className="mt-[3px] shrink-0">
            <Icon
              name={clear.complete ? "circle-check" : "hourglass"}
              strokeWidth={2}
              size={14}
              className={clear.complete ? "text-completed-solid" : "text-ink-3"}
            />
          </span>
          <span>
            {clear.text}{" "}
            <span className="text-12 text-ink-3">
              Checked at <AbsoluteTime iso={now} />.
            </span>
          </span>
        </p>
      ) : (
        <ul>
          {shown.map(([queue, [worst, ...others]]) => (
            <QueueConcerns
              key={queue}
              worst={worst}
              others={others}
              window={throughput?.window}
              startsOpen={queues.length === 1}
            />
          ))}
          {byQueue.length > LIMIT && (
            <li className="px-2 py-1">
              <Button variant="ghost" aria-expanded={all} onClick={() => setAll(!all)}>
                {all ? "Show fewer" : `Show ${plural(byQueue.length - LIMIT, "more queue")}`}
              </Button>
            </li>
          )}
        </ul>
      )}
    </Panel>
  );
}

/** Concerns by queue, worst first; queues are ordered by their worst concern. */
function groupByQueue(concerns: readonly Concern[]): [queue: string, [Concern, ...Concern[]]][] {
  const groups = new Map<string, [Concern, ...Concern[]]>();
  for (const concern of concerns) {
    const group = groups.get(concern.queue);
    if (group) group.push(concern);
    else groups.set(concern.queue, [concern]);
  }
  return [...groups];
}

/** A queue's worst concern, with a button that shows its others. */
function QueueConcerns({
  worst,
  others,
  window,
  startsOpen,
}: {
  worst: Concern;
  others: readonly Concern[];
  window: Window | undefined;
  /** The page of one queue shows all concerns at first. */
  startsOpen: boolean;
}) {
  const [open, setOpen] = useState(startsOpen);
  return (
    <>
      {[worst, ...(open ? others : [])].map((concern, index) => (
        <li
          key={concern.text}
          className="flex min-h-9 flex-wrap items-center gap-x-2 border-line-subtle border-b px-3 py-1 last:border-b-0"
        >
          <StateIcon state={concern.state} />
          <span className="min-w-0 flex-1 basis-64 break-words">
            <strong className="font-semibold">{concern.queue}</strong>: {concern.text}
          </span>
          {index === 0 && others.length > 0 && (
            <Button variant="ghost" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? "Less" : `+${others.length}`}
              <span className="sr-only"> about {concern.queue}</span>
            </Button>
          )}
          <ScopedLink
            href={pathTo(concern, window)}
            className="flex min-h-9 items-center font-medium text-accent-text hover:underline wide:min-h-0"
          >
            <span>
              {labelOf(concern.target)}
              <span className="sr-only">
                {concern.target === "queue" ? " " : " in "}
                {concern.queue}
              </span>
            </span>
            <Icon name="chevron-right" strokeWidth={2} size={14} />
          </ScopedLink>
        </li>
      ))}
    </>
  );
}

function pathTo({ queue, target }: Concern, window: Window | undefined): string {
  if (target === "queue") return queuePath(queue);
  if (target === "failures")
    return failuresPath({ ...(window && { range: window }), queue: [queue] });
  if ("taskId" in target) return taskPath(target.queue, target.taskId);
  return `${queueTasksPath(queue)}?state=${target.tasks}`;
}

function labelOf(target: ConcernTarget): string {
  if (target === "queue") return "Show queue";
  if (target === "failures") return "Show failures";
  return "taskId" in target ? "Show task" : `Show ${target.tasks}`;
}
