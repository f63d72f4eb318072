"use client";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { LiveData } from "@/components/layout/live/live-data";
import { taskPath } from "@/components/layout/paths";
import { StateIcon } from "@/components/tasks/state/state-icon";
import { Panel } from "@/components/ui/data/panel";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { Link } from "@/components/ui/text/link";
import { AbsoluteTime, RelativeTime } from "@/components/ui/text/relative-time";
import { formatNumber } from "@/lib/format";
import { describeUnreadable } from "@/lib/model/queue";
import type { RelatedTask, RelatedTasks, Relation } from "@/lib/model/rows/related";
import type { TaskDetail } from "@/lib/model/task";
import { relatedQuery } from "@/lib/query/task";
import { labelStep } from "@/lib/timeline/labels";
import { WorkflowRunLink } from "./workflow-run-link";

/** Parents, children, copies and other related tasks in all queues, with the limits of the search. */
export function Related({ detail: { task } }: { detail: TaskDetail }) {
  const query = useQuery(relatedQuery(task.queue, task.taskId));
  return (
    <LiveData every={null} query={query} skeleton={<SkeletonRows rows={6} columns={4} />}>
      {(related) => (
        <div className="p-3 wide:px-4">
          <div className="gap-3 *:mb-3 *:break-inside-avoid wide:columns-2">
            <Group title="Parent" tasks={related.parents} />
            <Group title="Children" tasks={related.children} />
            <Group title="Copy of" tasks={related.origin ? [related.origin] : []} />
            <Group title="Copies and forks" tasks={related.copies} />
            {task.workflowRunId !== null && (
              <Group
                title="Same workflow run"
                tasks={related.sameRun}
                none="No other task of the run was spawned within an hour."
                note="spawned within an hour"
                aside={
                  <WorkflowRunLink
                    workflowRunId={task.workflowRunId}
                    className="text-accent-text hover:underline"
                  >
                    View run
                  </WorkflowRunLink>
                }
              />
            )}
            <Group title="Same idempotency key" tasks={related.sameKey} />
          </div>
          <p className="mb-3 flex flex-wrap gap-x-2 text-ink-2">
            <span>{describeMissing(task, related)}</span>
            {related.searchedTo && (
              <>
                <span className="text-ink-3">
                  Children and copies were searched up to <AbsoluteTime iso={related.searchedTo} />.
                </span>
                <button
                  type="button"
                  className="text-accent-text hover:underline"
                  disabled={query.isFetching}
                  onClick={() => query.refetch()}
                >
                  Continue search
                </button>
              </>
            )}
          </p>
          <Limits related={related} />
        </div>
      )}
    </LiveData>
  );
}

/** Kinds of relations that were searched without a result. */
export function describeMissing(
  { idempotencyKey }: Pick<TaskDetail["task"], "idempotencyKey">,
  related: Pick<RelatedTasks, "parents" | "children" | "origin" | "copies" | "sameKey">,
): string {
  const missing = [
    related.parents.length === 0 && "parent",
    related.children.length === 0 && "children",
    related.origin === null && "original",
    related.copies.length === 0 && "copies",
    idempotencyKey !== null && related.sameKey.length === 0 && "tasks with the same key",
  ].filter((name) => name !== false);
  return missing.length === 0 ? "" : `Not found: ${missing.join(", ")}.`;
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
  /** Text shown without tasks; if absent, nothing is shown. */
  none?: string;
  note?: ReactNode;
  aside?: ReactNode;
}) {
  if (tasks.length === 0 && none === undefined) return null;
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

/** A related task with its state, queue and relation. */
function RelatedRow({ task, relation }: RelatedTask) {
  return (
    <li className="border-line-subtle border-b last:border-b-0">
      <Link
        href={taskPath(task.queue, task.taskId)}
        className="grid min-h-11 grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-2 px-3 py-1.5 hover:bg-hover"
      >
        <StateIcon state={task.state} />
        <span className="min-w-0">
          <span className="block truncate">
            <span className="font-medium text-accent-text">{task.name}</span>{" "}
            <span className="text-ink-3">
              {task.state} in {task.queue}
            </span>
          </span>
          <span className="block truncate text-12 text-ink-3">{describeRelation(relation)}</span>
        </span>
        <span className="text-12 text-ink-2">
          <RelativeTime iso={task.enqueuedAt} />
        </span>
      </Link>
    </li>
  );
}

function describeRelation(relation: Relation): string {
  switch (relation.by) {
    case "parent_task_id":
      return "From its header parent_task_id";
    case "awaited":
      return relation.step.startsWith("$") || relation.step === ""
        ? "Result awaited"
        : `Result awaited in step ${labelStep(relation.step)}`;
    case "stored":
      return `Id stored in step ${labelStep(relation.step)}`;
    case "spawned_from":
      return relation.step === null ? "Run again" : `Forked from step ${labelStep(relation.step)}`;
    case "idempotency_key":
      return "Same key in another queue";
    case "workflow_run_id":
      return "From its header workflow_run_id";
  }
}

/** Limits of the search: related tasks that are deleted, not searched or unreadable. */
function Limits({ related }: { related: RelatedTasks }) {
  const { missing, probed, keysUnknown, unreadable } = related;
  return (
    <section className="text-12 text-ink-3 leading-5">
      <ul className="list-disc space-y-0.5 pl-4">
        {missing.map(({ id, relation }) => (
          <li key={`${relation.by}${id}`}>
            {describeRelation(relation)}: <code className="mono">{id}</code>, no longer in any
            queue.
          </li>
        ))}
        <li>
          The engine does not link tasks. A child is found if a step stored its id or awaited its
          result under the default name, or if its header{" "}
          <code className="mono">parent_task_id</code> names this task.
        </li>
        {probed > 0 && (
          <li>
            Looked for a parent among the {formatNumber(probed)} tasks spawned before it in each
            queue; waits still open cannot be seen.
          </li>
        )}
        {keysUnknown.length > 0 && (
          <li>
            Idempotency keys of partitioned queues were not searched: {keysUnknown.join(", ")}.
          </li>
        )}
        {unreadable.length > 0 && <li>Not readable: {describeUnreadable(unreadable)}.</li>}
      </ul>
    </section>
  );
}
