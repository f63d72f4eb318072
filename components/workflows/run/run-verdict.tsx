import { taskPath, workflowRunPath } from "@/components/layout/paths";
import { Verdict } from "@/components/task/verdict";
import { Banner } from "@/components/ui/feedback/banner";
import { buttonClass } from "@/components/ui/form/button";
import { parseExactly } from "@/components/ui/json/json-model";
import { Link } from "@/components/ui/text/link";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import type { SuggestedAction } from "@/lib/diagnosis/facts";
import type { AnnotatedTask } from "@/lib/highway/view/annotate-tasks";
import type { RunView } from "@/lib/highway/view/run-view";
import { describeUnreadable } from "@/lib/model/queue";
import { EmitAwaited } from "../operators/awaited-event";
import { StartButton } from "../start/start-button";

/** Explains the run's state: a stale status, its failure, or the verdict on the task that it depends on. */
export function RunVerdict({ view }: { view: RunView }) {
  const { run, searchedTo, unreadable } = view;
  const failure = run.status === "failed" ? parseFailure(view.error?.text) : undefined;
  const root = view.tasks.find(({ isRoot }) => isRoot);
  const subject = findFailedChild(view) ?? (root && followWaits(view, root));
  return (
    <>
      {run.stale && <StaleBanner view={view} />}
      {failure ? (
        <Banner
          tone="bad"
          icon="octagon-x"
          action={
            <span className="flex flex-wrap gap-2">
              {failure.task !== undefined && (
                <Link href={`?node=${encodeURIComponent(failure.task)}`} className={buttonClass()}>
                  Go to step
                </Link>
              )}
              {run.definitionId !== null && (
                <RunAgainButton view={view} definitionId={run.definitionId} />
              )}
            </span>
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
            detail={subject.detail}
            stepWords={listStepWords(subject)}
            action={(suggested) => (
              <SubjectAction subject={subject} suggested={suggested} isRoot={subject === root} />
            )}
          />
        )
      )}
      {unreadable && (
        <Banner tone="warning" icon="eye-off">
          Tasks of this run in these queues are not included: {describeUnreadable(unreadable)}.
        </Banner>
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

/** Starts the run's definition again with the run's inputs. */
export function RunAgainButton({ view, definitionId }: { view: RunView; definitionId: string }) {
  const { run, inputs } = view;
  return (
    <StartButton
      label="Run again"
      of={run.name}
      definitionId={definitionId}
      given={inputs?.redacted ? undefined : inputs?.text}
    />
  );
}

/** The event that a child workflow emits when it ends; it contains the child's run id. */
const CHILD_EVENT = /^hw:([0-9a-f-]{36}):end$/;

/** The action that resolves the state of the task that the run depends on. */
function SubjectAction({
  subject: { detail },
  suggested,
  isRoot,
}: {
  subject: AnnotatedTask;
  suggested: SuggestedAction;
  isRoot: boolean;
}) {
  const { queue, taskId } = detail.task;
  const event = suggested.kind === "emit-event" ? suggested.event : undefined;
  const child = CHILD_EVENT.exec(event ?? "")?.[1];
  if (child !== undefined)
    return (
      <Link href={workflowRunPath(child)} className={buttonClass()}>
        Open the child run
      </Link>
    );
  return (
    <>
      {event !== undefined && !event.startsWith("hw:") && (
        <EmitAwaited awaited={{ queue, event }} />
      )}
      <Link href={taskPath(queue, taskId)} className={buttonClass()}>
        Open {isRoot ? "the root task" : "its task"}
      </Link>
    </>
  );
}

function StaleBanner({ view: { run } }: { view: RunView }) {
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

/** The titles of the interpreter's own steps, such as the pause before an attempt, by the names of the steps. */
function listStepWords({ timeline, annotations }: AnnotatedTask): Map<string, string> {
  const words = new Map<string, string>();
  for (const { spans } of timeline.lanes)
    for (const span of spans) {
      const title = annotations[span.id]?.title;
      if ("step" in span && title !== undefined && annotations[span.id]?.path)
        words.set(span.step, title);
    }
  return words;
}

/** The failed child of an open run; the root only waits for it. */
function findFailedChild({ tasks }: RunView): AnnotatedTask | undefined {
  return tasks.find(({ detail, isRoot }) => !isRoot && detail.task.state === "failed");
}

/** The task that the root waits for, directly or through other tasks; its verdict explains the run. */
function followWaits(view: RunView, root: AnnotatedTask): AnnotatedTask {
  let found = root;
  for (const _ of view.tasks) {
    const start = `hw:${view.run.workflowRunId}:`;
    const wait = found.detail.waits.find(({ eventName }) => eventName.startsWith(start));
    const next = view.tasks.find(({ part }) => part === wait?.eventName.slice(start.length));
    if (!wait || !next || next === found) break;
    found = next;
  }
  return found;
}

/** An error as Highway's interpreter records it; an error of another program needs at least a message. */
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
