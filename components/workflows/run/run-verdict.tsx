import { taskPath } from "@/components/layout/paths";
import { Verdict } from "@/components/task/verdict";
import { Banner } from "@/components/ui/feedback/banner";
import { buttonClass } from "@/components/ui/form/button";
import { parseExactly } from "@/components/ui/json/json-model";
import { Link } from "@/components/ui/text/link";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import { ownerOf } from "@/lib/highway/view/resolve-step";
import type { TaskDetail } from "@/lib/model/task";
import type { WorkflowRunDetail } from "@/lib/model/workflow";
import { EmitAwaited } from "../operators/awaited-event";

/** Why the run is in its state: a stale status, its failure, or the verdict of the task that it depends on. */
export function RunVerdict({ detail }: { detail: WorkflowRunDetail }) {
  const { run, searchedTo } = detail;
  const failure = run.status === "failed" ? parseFailure(detail.error?.text) : undefined;
  const root = detail.tasks.find(({ task }) => task.taskId === run.rootTaskId);
  const subject = findFailedChild(detail) ?? (root && followWaits(detail, root));
  return (
    <>
      {run.stale && <StaleBanner detail={detail} />}
      {failure ? (
        <Banner
          tone="bad"
          icon="octagon-x"
          action={
            failure.task !== undefined && (
              <Link href={`?node=${encodeURIComponent(failure.task)}`} className={buttonClass()}>
                Go to step
              </Link>
            )
          }
        >
          <span className="line-clamp-3" data-tip={failure.message}>
            Failed
            {failure.task !== undefined && (
              <>
                {" at "}
                <code className="mono font-semibold">{failure.task}</code>
              </>
            )}
            {": "}
            {failure.type && <strong className="font-semibold">{failure.type}</strong>}{" "}
            {failure.message}
          </span>
        </Banner>
      ) : (
        subject && (
          <Verdict
            detail={subject}
            action={(suggested) => (
              <>
                {suggested.kind === "emit-event" && (
                  <EmitAwaited awaited={{ queue: subject.task.queue, event: suggested.event }} />
                )}
                <Link
                  href={taskPath(subject.task.queue, subject.task.taskId)}
                  className={buttonClass()}
                >
                  Open {subject === root ? "the root task" : "its task"}
                </Link>
              </>
            )}
          />
        )
      )}
      {searchedTo && (
        <Banner tone="plain" icon="search-check">
          Looking for tasks of this run. Searched so far: tasks spawned until{" "}
          <AbsoluteTime iso={searchedTo} />.
        </Banner>
      )}
    </>
  );
}

function StaleBanner({ detail: { run } }: { detail: WorkflowRunDetail }) {
  return (
    <Banner
      tone="warning"
      icon="triangle-alert"
      action={
        run.queue &&
        run.rootTaskId && (
          <Link href={taskPath(run.queue, run.rootTaskId)} className={buttonClass()}>
            Open the root task
          </Link>
        )
      }
    >
      <strong className="font-semibold">Stale:</strong> the run is still recorded as{" "}
      {run.storedStatus}, but its root task is {run.stale}.
    </Banner>
  );
}

/** The failed child of an open run; the root only waits for it. */
function findFailedChild({ run, tasks }: WorkflowRunDetail): TaskDetail | undefined {
  const failed = tasks.filter(({ task }) => task.state === "failed");
  return failed.find(({ task }) => task.taskId !== run.rootTaskId);
}

/** The task that the root waits for, directly or through other parts; its verdict explains the run. */
function followWaits(detail: WorkflowRunDetail, root: TaskDetail): TaskDetail {
  let found = root;
  for (const _ of detail.tasks) {
    const start = `hw:${detail.run.workflowRunId}:`;
    const event = found.waits.find(({ eventName }) => eventName.startsWith(start))?.eventName;
    const next = detail.tasks.find((one) => ownerOf(one, detail) === event?.slice(start.length));
    if (!event || !next || next === found) break;
    found = next;
  }
  return found;
}

/** The error as Highway's interpreter records it; an error of another program needs at least a message. */
function parseFailure(text: string | undefined) {
  const value = parseExactly(text ?? "")?.value;
  if (typeof value !== "object" || value === null) return undefined;
  const { task, type, message } = value as Record<string, unknown>;
  if (typeof message !== "string") return undefined;
  return {
    message,
    ...(typeof task === "string" && { task }),
    ...(typeof type === "string" && { type }),
  };
}
