"use client";
import { useState } from "react";
import { TaskPayload } from "@/components/payloads/task-payload";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { Icon } from "@/components/ui/icons/icon";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import { cn } from "@/lib/cn";
import { formatNumber, formatSize } from "@/lib/format";
import type { Checkpoint, TaskDetail } from "@/lib/model/task";
import { Omitted } from "./omitted";

/** Rows per batch; a task with many steps shows more on demand. */
const BATCH = 200;

/** The recorded steps in order, each with its value and the attempt that wrote it. */
export function StepList({ detail }: { detail: TaskDetail }) {
  const [shown, setShown] = useState(BATCH);
  const { checkpoints, runs, task } = detail;
  const attempts = new Map(runs.map((run) => [run.runId, run.attempt]));
  if (checkpoints.length === 0) {
    return (
      <EmptyState icon="list-tree" title="No steps yet">
        A step appears here when its result is stored.
      </EmptyState>
    );
  }
  return (
    <>
      <Omitted detail={detail} of="checkpoints" />
      <ol>
        {checkpoints.slice(0, shown).map((checkpoint, index) => (
          <Step
            key={checkpoint.name}
            number={index + 1}
            checkpoint={checkpoint}
            attempt={checkpoint.ownerRunId ? attempts.get(checkpoint.ownerRunId) : undefined}
            last={detail.task.attempts}
            queue={task.queue}
            taskId={task.taskId}
          />
        ))}
      </ol>
      {checkpoints.length > shown && (
        <button
          type="button"
          onClick={() => setShown(shown + BATCH)}
          className="min-h-11 px-4 text-accent-text hover:underline wide:min-h-8"
        >
          Show more ({formatNumber(shown)} of {formatNumber(checkpoints.length)})
        </button>
      )}
    </>
  );
}

function Step({
  number,
  checkpoint,
  attempt,
  last,
  queue,
  taskId,
}: {
  number: number;
  checkpoint: Checkpoint;
  attempt: number | undefined;
  last: number;
  queue: string;
  taskId: string;
}) {
  const [open, setOpen] = useState(false);
  const { name, state, updatedAt } = checkpoint;
  return (
    <li className="border-line-subtle border-b">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="grid min-h-11 w-full grid-cols-[20px_minmax(0,1fr)_auto] items-center gap-x-2 px-3 text-left -outline-offset-2 hover:bg-hover wide:min-h-8 wide:grid-cols-[20px_32px_minmax(0,2fr)_minmax(0,3fr)_96px_76px_180px] wide:px-4"
      >
        <Icon name={open ? "chevron-down" : "chevron-right"} size={14} className="text-ink-3" />
        <span className="hidden text-right text-12 text-ink-3 wide:block">{number}</span>
        <code className="mono truncate" data-tip={name}>
          {name}
        </code>
        <code className="mono hidden truncate text-ink-3 wide:block">{preview(state)}</code>
        <span
          className={cn(
            "hidden text-12 wide:block",
            attempt === last ? "text-ink-2" : "text-ink-3",
          )}
          data-tip={attempt === undefined ? "The attempt that wrote it is not recorded" : undefined}
        >
          {attempt === undefined ? "–" : `attempt ${attempt}`}
        </span>
        <span className="hidden text-right text-12 text-ink-3 wide:block">
          {state ? formatSize(state) : "NULL"}
        </span>
        <span className="text-right text-12 text-ink-2">
          <AbsoluteTime iso={updatedAt} />
        </span>
      </button>
      {open && (
        <div className="border-line-subtle border-t bg-canvas pl-4 wide:pl-10">
          <TaskPayload
            queue={queue}
            taskId={taskId}
            of={{ of: "checkpoint", name }}
            payload={state}
            absent="SQL NULL: the step returned no value"
          />
        </div>
      )}
    </li>
  );
}

function preview(state: Checkpoint["state"]): string {
  return state?.text?.slice(0, 160) ?? (state ? "large" : "");
}
