"use client";
import { useMemo } from "react";
import { TaskPayload } from "@/components/payloads/task-payload";
import { AttemptDuration } from "@/components/task/baseline";
import { Omitted } from "@/components/task/omitted";
import { StateLabel } from "@/components/tasks/state/state-label";
import { Fact, Facts } from "@/components/ui/data/facts";
import { Table, Td, Th } from "@/components/ui/data/table";
import { CopyButton } from "@/components/ui/form/copy-button";
import { NoValue } from "@/components/ui/text/count";
import { AbsoluteTime, RelativeTime } from "@/components/ui/text/relative-time";
import { formatDuration } from "@/lib/format";
import { toMs } from "@/lib/model/instants";
import type { Run, Task, TaskDetail } from "@/lib/model/task";
import { parseError } from "@/lib/timeline/parse-payload";
import { compareErrors, type ErrorChange } from "./compare-errors";
import { ErrorChangeNote } from "./error-change";
import { RunError } from "./run-error";

/** All attempts, latest first: worker, times and outcome. */
export function AttemptList({ detail }: { detail: TaskDetail }) {
  return (
    <>
      {detail.runs.length >= TABLE_FROM && <AttemptTable detail={detail} />}
      <ol className="flex flex-col">
        {detail.runs.toReversed().map((run) => (
          <Attempt
            key={run.runId}
            run={run}
            previous={detail.runs.find(({ attempt }) => attempt === run.attempt - 1)}
            next={detail.runs.find(({ attempt }) => attempt === run.attempt + 1)}
            task={detail.task}
          />
        ))}
      </ol>
      <Omitted detail={detail} of="runs" />
    </>
  );
}

/** An error that the next attempt repeats exactly is only shown there; the latest attempt is the first in the list. */
function isSame(change: ErrorChange | null): boolean {
  return change?.kind === "same" && change.exactly;
}

/** With this many attempts or more, a table precedes their details. */
const TABLE_FROM = 3;

/** One line per attempt with its error, latest first. */
function AttemptTable({ detail }: { detail: TaskDetail }) {
  return (
    <Table>
      <thead className="bg-canvas">
        <tr>
          <Th numeric>Attempt</Th>
          <Th>State</Th>
          <Th className="max-wide:hidden">Worker</Th>
          <Th className="max-wide:hidden">Last claimed</Th>
          <Th numeric>Duration</Th>
          <Th>Error</Th>
        </tr>
      </thead>
      <tbody>
        {detail.runs.toReversed().map((run) => {
          const error = parseError(run.failureReason);
          const endedAt = run.completedAt ?? run.failedAt;
          return (
            <tr key={run.runId} className="hover:bg-hover">
              <Td numeric>
                <a href={`#attempt-${run.attempt}`} className="text-accent-text hover:underline">
                  {run.attempt}
                </a>
              </Td>
              <Td>
                <StateLabel state={run.state} />
              </Td>
              <Td className="mono max-wide:hidden">{run.claimedBy ?? <NoValue />}</Td>
              <Td className="max-wide:hidden">
                {run.startedAt ? <AbsoluteTime iso={run.startedAt} /> : <NoValue />}
              </Td>
              <Td numeric>
                {endedAt && run.startedAt ? (
                  formatDuration(Math.max(toMs(endedAt) - toMs(run.startedAt), 0))
                ) : (
                  <NoValue />
                )}
              </Td>
              <Td dir="auto" className="w-full max-w-0 truncate">
                {error ? [error.name, error.message].filter(Boolean).join(": ") : <NoValue />}
              </Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

function Attempt({
  run,
  previous,
  next,
  task,
}: {
  run: Run;
  previous: Run | undefined;
  next: Run | undefined;
  task: Task;
}) {
  const endedAt = run.completedAt ?? run.failedAt;
  const change = useMemo(
    () => previous && compareErrors(previous.failureReason, run.failureReason),
    [previous, run.failureReason],
  );
  const isRepeated = useMemo(
    () => next !== undefined && isSame(compareErrors(run.failureReason, next.failureReason)),
    [next, run.failureReason],
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
      {run.failureReason && !isRepeated && (
        <RunError
          reason={run.failureReason}
          known={change?.kind === "same-beginning" || (change?.kind === "same" && !change.exactly)}
        />
      )}
      {run.failureReason && run.failureReason.text === undefined && !isRepeated && (
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
