"use client";
import { queueTasksPath } from "@/components/layout/paths";
import { Fact, Facts } from "@/components/ui/data/facts";
import { useClock } from "@/components/ui/text/clock";
import { Link } from "@/components/ui/text/link";
import { AbsoluteTime, RelativeTime } from "@/components/ui/text/relative-time";
import { formatAge, formatDuration, plural } from "@/lib/format";
import { type Iso, toMs } from "@/lib/model/instants";
import { isActive, type TaskState } from "@/lib/model/states";
import type { TaskDetail } from "@/lib/model/task";
import { computeWork } from "@/lib/timeline/work";
import { AttemptCount } from "./attempts/attempt-count";
import { Baseline } from "./baseline";
import { WorkflowRunLink } from "./workflow-run-link";

/** A task's queue, attempts, times and links in one line. */
export function TaskFacts({ detail }: { detail: TaskDetail }) {
  const { task } = detail;
  const ended = getEnd(detail);
  return (
    <Facts>
      <Fact label="Queue">
        <Link href={queueTasksPath(task.queue)} className="text-accent-text hover:underline">
          {task.queue}
        </Link>
      </Fact>
      <Fact label="Attempts">
        <AttemptCount task={task} />
      </Fact>
      <Fact label="Spawned">
        <RelativeTime iso={task.enqueuedAt} />
      </Fact>
      <Fact
        label={task.firstStartedAt || !ended ? "Waited to start" : "Never started, ended after"}
      >
        <Span from={task.enqueuedAt} to={task.firstStartedAt ?? ended} />
      </Fact>
      {task.firstStartedAt && (
        <Fact label={startLabel(task.state)}>
          {ended ? (
            <Duration detail={detail} from={task.firstStartedAt} to={ended} />
          ) : (
            <AbsoluteTime iso={task.firstStartedAt} />
          )}
        </Fact>
      )}
      {task.tenantId !== null && <Fact label="Tenant">{task.tenantId}</Fact>}
      {task.workflowRunId !== null && (
        <Fact label="Workflow run">
          <WorkflowRunLink
            workflowRunId={task.workflowRunId}
            className="mono text-accent-text hover:underline"
          >
            {task.workflowRunId}
          </WorkflowRunLink>
        </Fact>
      )}
      {task.idempotencyKey !== null && (
        <Fact label="Idempotency key">
          <code className="mono">{task.idempotencyKey}</code>
        </Fact>
      )}
    </Facts>
  );
}

/** Ended tasks show their duration since the first start, active ones the time of it. */
function startLabel(state: TaskState): string {
  if (!isActive(state)) return "Duration";
  return state === "running" ? "Running since" : "Started";
}

/** A duration that grows while `to` is `null`. */
function Span({ from, to }: { from: string; to: string | null }) {
  const start = toMs(from);
  const growing = useClock((now) => (to ? "" : formatAge(now - start)));
  return to ? formatDuration(toMs(to) - start) : growing;
}

/**
 * Duration of an ended task. With several attempts, only working time is compared with the baseline, since backoff
 * isn't work.
 */
function Duration({ detail, from, to }: { detail: TaskDetail; from: Iso; to: Iso }) {
  const { task } = detail;
  const ms = toMs(to) - toMs(from);
  if (task.attempts === 1)
    return (
      <>
        {formatDuration(ms)} <Baseline task={task} of="task" ms={ms} />
      </>
    );
  const work = computeWork(detail);
  if (!work) return formatDuration(ms);
  return (
    <>
      worked {formatDuration(work.workedMs)} in {plural(work.attempts, "attempt")}{" "}
      <Baseline task={task} of="attempt" ms={work.workedMs / work.attempts} each />, waited{" "}
      {formatDuration(ms - work.workedMs)}
    </>
  );
}

/** When the task ended: the end of its last attempt or its cancellation; `null` while it is active. */
function getEnd({ task, runs }: TaskDetail): Iso | null {
  if (task.state === "cancelled") return task.cancelledAt;
  const last = runs.at(-1);
  if (task.state === "completed") return last?.completedAt ?? null;
  return task.state === "failed" ? (last?.failedAt ?? null) : null;
}
