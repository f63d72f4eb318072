"use client";
import { TaskPayload } from "@/components/payloads/task-payload";
import { Panel } from "@/components/ui/data/panel";
import { formatSize, plural } from "@/lib/format";
import type { Payload } from "@/lib/model/json";
import type { TaskState } from "@/lib/model/states";
import type { TaskDetail } from "@/lib/model/task";
import type { PayloadRef } from "@/lib/search-params/payload";

type Value = { title: string; of: PayloadRef; payload: Payload; absent: string };

function formatNote(payload: NonNullable<Payload>): string {
  const { redacted } = payload;
  return `${formatSize(payload)}, JSON${redacted ? `, ${plural(redacted, "value")} redacted` : ""}`;
}

/** Why a task in this state has no result. */
const NO_RESULT: Partial<Record<TaskState, string>> = {
  completed: "SQL NULL: the task returned no value",
  failed: "none: the task failed",
  cancelled: "none: the task was cancelled",
};

/** Params, result, headers, retry strategy and cancellation policy. */
export function InputOutput({ detail }: { detail: TaskDetail }) {
  const { task } = detail;
  const values: Value[] = [
    { title: "Params", of: { of: "params" }, payload: task.params, absent: "none" },
    {
      title: "Result",
      of: { of: "result" },
      payload: task.result,
      absent: NO_RESULT[task.state] ?? "none yet",
    },
    { title: "Headers", of: { of: "headers" }, payload: task.headers, absent: "none" },
    {
      title: "Retry strategy",
      of: { of: "retryStrategy" },
      payload: task.retryStrategy,
      absent: "none: retries immediately",
    },
    {
      title: "Cancellation policy",
      of: { of: "cancellation" },
      payload: task.cancellation,
      absent: "none",
    },
  ];
  return (
    <div className="grid items-start gap-3 p-3 wide:grid-cols-2 wide:px-4">
      {values.map(({ title, of, payload, absent }) => (
        <Panel key={title} title={title} note={payload && formatNote(payload)}>
          <TaskPayload
            queue={task.queue}
            taskId={task.taskId}
            of={of}
            payload={payload}
            absent={absent}
          />
        </Panel>
      ))}
    </div>
  );
}
