"use client";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { LiveData } from "@/components/layout/live/live-data";
import { workflowRunPath } from "@/components/layout/paths";
import { Panel } from "@/components/ui/data/panel";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { Link } from "@/components/ui/text/link";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import { formatNumber } from "@/lib/format";
import type { RelatedTask, RelatedTasks } from "@/lib/model/related";
import type { TaskDetail } from "@/lib/model/task";
import { relatedQuery } from "@/lib/query/task";
import { RelatedRow } from "./related-row";
import { relationWords } from "./relation-words";

/** The tasks that have to do with this one, in all queues; and what of that cannot be known. */
export function Related({ detail: { task } }: { detail: TaskDetail }) {
  const query = useQuery(relatedQuery(task.queue, task.taskId));
  return (
    <LiveData query={query} skeleton={<SkeletonRows rows={6} columns={4} />}>
      {(related) => (
        <div className="p-3 wide:px-4">
          <div className="gap-3 *:mb-3 *:break-inside-avoid wide:columns-2">
            <Group title="Parent" tasks={related.parents} none="None is on record." />
            <Group
              title="Children"
              tasks={related.children}
              none="None is on record."
              note={related.searchedTo && <SearchedTo iso={related.searchedTo} />}
            />
            <Group
              title="Copy of"
              tasks={related.origin ? [related.origin] : []}
              none="It is no copy: no header names an original."
            />
            <Group
              title="Copies and forks"
              tasks={related.copies}
              none="None was found."
              note={related.searchedTo && <SearchedTo iso={related.searchedTo} />}
              aside={
                related.searchedTo && (
                  <button
                    type="button"
                    className="text-accent-text hover:underline"
                    disabled={query.isFetching}
                    onClick={() => query.refetch()}
                  >
                    Search on
                  </button>
                )
              }
            />
            {task.workflowRunId !== null && (
              <Group
                title="Same workflow run"
                tasks={related.sameRun}
                none="No other task of the run was spawned within an hour of it."
                note="spawned within an hour of it"
                aside={
                  <Link
                    href={workflowRunPath(task.workflowRunId)}
                    className="text-accent-text hover:underline"
                  >
                    The whole run
                  </Link>
                }
              />
            )}
            {task.idempotencyKey !== null && (
              <Group
                title="Same idempotency key"
                tasks={related.sameKey}
                none="No other queue has a task with it."
              />
            )}
          </div>
          <Limits related={related} />
        </div>
      )}
    </LiveData>
  );
}

/** How far was searched for what headers alone tell, if not to the end. */
function SearchedTo({ iso }: { iso: string }) {
  return (
    <>
      searched up to <AbsoluteTime iso={iso} />
    </>
  );
}

function Group({
  title,
  tasks,
  none,
  note,
  aside,
}: {
  title: string;
  tasks: RelatedTask[];
  none: string;
  note?: ReactNode;
  aside?: ReactNode;
}) {
  return (
    <Panel title={title} note={note} aside={aside}>
      {tasks.length === 0 ? (
        <p className="px-3 py-2 text-ink-3">{none}</p>
      ) : (
        <ul>
          {tasks.map((related) => (
            <RelatedRow key={`${related.task.queue}/${related.task.taskId}`} {...related} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** What this page cannot know, and what it did not look at. */
function Limits({ related }: { related: RelatedTasks }) {
  const { missing, probed, keysUnknown, unreadable } = related;
  return (
    <section className="text-12 text-ink-3 leading-5">
      <ul className="list-disc space-y-0.5 pl-4">
        {missing.map(({ id, relation }) => (
          <li key={`${relation.by}${id}`}>
            {relationWords(relation)}: <code className="mono">{id}</code>, which is in no queue any
            more.
          </li>
        ))}
        <li>
          The engine keeps no link from a task to what it spawned. A child is known when a step
          stored its id or awaited its result under the default name, or when its header{" "}
          <code className="mono">parent_task_id</code> names this task.
        </li>
        {probed > 0 && (
          <li>
            Whether another task awaited this one was asked of the {formatNumber(probed)} tasks
            spawned before it in each queue. A wait that goes on leaves no trace.
          </li>
        )}
        {keysUnknown.length > 0 && (
          <li>Keys of partitioned queues were not looked for: {keysUnknown.join(", ")}.</li>
        )}
        {unreadable.length > 0 && <li>These queues cannot be read: {unreadable.join(", ")}.</li>}
      </ul>
    </section>
  );
}
