"use client";
import { useQuery } from "@tanstack/react-query";
import { taskPath } from "@/components/layout/paths";
import { TaskPayload } from "@/components/payloads/task-payload";
import { Skeleton } from "@/components/ui/feedback/skeleton";
import { Link } from "@/components/ui/text/link";
import { formatNumber } from "@/lib/format";
import { operatorRecordsQuery } from "@/lib/query/workflows";

/** Only this many of the latest entries are shown. */
const MAX_SHOWN = 20;

/** Records of the run's tasks for one operator: results and the interpreter's internal steps. */
export function NodeRecords({
  workflowRunId,
  path,
  asOf,
}: {
  workflowRunId: string;
  path: string;
  /** When the run was read; records are refetched when it changes. */
  asOf: string;
}) {
  const { data, error } = useQuery(operatorRecordsQuery(workflowRunId, path, asOf));
  if (error) return <p className="mt-2 text-failed">{error.message}</p>;
  if (!data) return <Skeleton className="mt-2 w-60" />;
  const shown = data.slice(-MAX_SHOWN);
  return (
    <>
      {shown.map(({ task, name, state, words }) => (
        <div key={`${task.taskId} ${name}`} className="mt-2 overflow-hidden rounded-2 border">
          <div className="flex items-center justify-between gap-2 border-b bg-canvas px-3 py-1 text-12">
            <span className="min-w-0 truncate" data-tip={name}>
              {words === name ? <code className="mono">{name}</code> : words}
            </span>
            <Link
              href={`${taskPath(task.queue, task.taskId)}?tab=steps`}
              className="shrink-0 text-accent-text hover:underline"
            >
              {task.name}
            </Link>
          </div>
          <TaskPayload
            queue={task.queue}
            taskId={task.taskId}
            of={{ of: "checkpoint", name }}
            payload={state}
          />
        </div>
      ))}
      {data.length > MAX_SHOWN && (
        <p className="mt-2 text-12 text-ink-3">
          Showing the last {MAX_SHOWN} of {formatNumber(data.length)} records.
        </p>
      )}
    </>
  );
}
