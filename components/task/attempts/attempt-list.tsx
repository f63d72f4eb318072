"use client";
import { useMemo } from "react";
import { TaskPayload } from "@/components/payloads/task-payload";
import { AttemptDuration } from "@/components/task/baseline";
import { Omitted } from "@/components/task/omitted";
import { StateLabel } from "@/components/tasks/state/state-label";
import { Fact, Facts } from "@/components/ui/data/facts";
import { CopyButton } from "@/components/ui/form/copy-button";
import { AbsoluteTime, RelativeTime } from "@/components/ui/text/relative-time";
import type { Run, Task, TaskDetail } from "@/lib/model/task";
import { compareErrors } from "./compare-errors";
import { ErrorChangeNote } from "./error-change";
import { RunError } from "./run-error";

/** All attempts, latest first: worker, times and how each ended. */
export function AttemptList({ detail }: { detail: TaskDetail }) {
  return (
    <>
      <ol className="flex flex-col">
        {detail.runs.toReversed().map((run) => (
          <Attempt
            key={run.runId}
            run={run}
            previous={detail.runs.find(({ attempt }) => attempt === run.attempt - 1)}
            task={detail.task}
          />
        ))}
      </ol>
      <Omitted detail={detail} of="runs" />
    </>
  );
}

function Attempt({ run, previous, task }: { run: Run; previous: Run | undefined; task: Task }) {
  const endedAt = run.completedAt ?? run.failedAt;
  const change = useMemo(
    () => previous && compareErrors(previous.failureReason, run.failureReason),
    [previous, run.failureReason],
  );
  return (
    <li
      id={`attempt-${run.attempt}`}
      className="flex flex-col gap-2 border-line-subtle border-b px-3 py-3 wide:px-4"
    >
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="font-semibold">Attempt {run.attempt}</h2>
        <StateLabel state={run.state} />
        <span className="flex min-w-0 items-center gap-1 text-ink-3">
          <code className="mono truncate">{run.runId}</code>
          <CopyButton text={run.runId} label="Copy run id" />
        </span>
      </header>
      <Facts>
        {run.claimedBy && (
          <Fact label="Worker">
            <code className="mono">{run.claimedBy}</code>
          </Fact>
        )}
        <Fact label="Created">
          <AbsoluteTime iso={run.createdAt} />
        </Fact>
        {(run.state === "sleeping" || run.state === "pending") && (
          <Fact label="Due">
            {run.availableAt === "infinity" ? "never" : <AbsoluteTime iso={run.availableAt} />}
          </Fact>
        )}
        {run.startedAt && (
          <Fact label="Last claimed">
            <AbsoluteTime iso={run.startedAt} />
          </Fact>
        )}
        {run.state === "running" && (
          <Fact label="Lease">
            {run.claimExpiresAt ? <RelativeTime iso={run.claimExpiresAt} /> : "none"}
          </Fact>
        )}
        {run.lastHeartbeat && (
          <Fact label="Heartbeat">
            <RelativeTime iso={run.lastHeartbeat} />
          </Fact>
        )}
        {endedAt && (
          <Fact label={run.completedAt ? "Completed" : "Failed"}>
            <AbsoluteTime iso={endedAt} />
          </Fact>
        )}
        {endedAt && run.startedAt && (
          <Fact label="Duration">
            <AttemptDuration task={task} run={run} />
          </Fact>
        )}
        {run.state === "sleeping" && run.wakeEvent && (
          <Fact label="Waiting for">
            <code className="mono">{run.wakeEvent}</code>
          </Fact>
        )}
      </Facts>
      {previous && change && <ErrorChangeNote change={change} before={previous.attempt} />}
      {run.failureReason && (
        <RunError
          reason={run.failureReason}
          known={change?.kind === "same" || change?.kind === "same-beginning"}
        />
      )}
      {run.failureReason && run.failureReason.text === undefined && (
        <TaskPayload
          queue={task.queue}
          taskId={run.taskId}
          of={{ of: "failureReason", run: run.runId }}
          payload={run.failureReason}
        />
      )}
    </li>
  );
}
