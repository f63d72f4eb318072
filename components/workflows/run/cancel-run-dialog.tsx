"use client";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { taskPath } from "@/components/layout/paths";
import { usePerform } from "@/components/layout/use-perform";
import { StateLabel } from "@/components/tasks/state/state-label";
import { Changes } from "@/components/ui/data/changes";
import { Skeleton } from "@/components/ui/feedback/skeleton";
import { Button } from "@/components/ui/form/button";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { Dialog } from "@/components/ui/overlay/dialog";
import { Badge } from "@/components/ui/text/badge";
import { Link } from "@/components/ui/text/link";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import { cancelWorkflowRunAction } from "@/lib/actions/workflows";
import { formatShortId, plural } from "@/lib/format";
import { previewQuery } from "@/lib/query/previews";
import { PreviewProblem } from "../preview-problem";
import { findState } from "../status";

type Outcomes = Pick<
  Extract<Awaited<ReturnType<typeof cancelWorkflowRunAction>>, { ok: true }>["data"],
  "outcomes" | "unsearched"
>;

const MAX_LISTED = 12;

/** Confirms the cancellation of a run and previews the tasks it cancels. */
export function CancelRunDialog({
  workflowRunId,
  name,
  onClose,
}: {
  workflowRunId: string;
  name: string;
  onClose: () => void;
}) {
  const perform = usePerform();
  const ended = useRef<Outcomes>(null);
  const [reason, setReason] = useState("");
  const [outcomes, setOutcomes] = useState<Outcomes | null>(null);
  const preview = useQuery(previewQuery("cancel-run", { workflowRunId }));
  const plan = preview.data;
  const nothing = plan && plan.tasks.length === 0 && plan.becomes === plan.status;
  const sleeps =
    plan?.status === "running" && plan.tasks.some((one) => one.isRoot && one.state === "sleeping");
  const queues = new Set(plan?.tasks.map(({ queue }) => queue));
  if (outcomes) return <CancelOutcomes name={name} {...outcomes} onClose={onClose} />;
  return (
    <ConfirmDialog
      title="Cancel workflow run"
      danger
      confirmLabel="Cancel run"
      cancelLabel="Keep running"
      disabled={!plan || nothing === true}
      onClose={() => (ended.current ? setOutcomes(ended.current) : onClose())}
      onConfirm={() =>
        perform(() => cancelWorkflowRunAction({ workflowRunId, reason }), {
          failed: "Workflow run not cancelled",
          done: (data) => {
            ended.current = data;
            return {
              title: "Workflow run cancelled",
              text: `${plural(data.cancelled, "task")} of ${name}`,
            };
          },
        })
      }
    >
      <p className="break-words text-ink-2">
        Cancels <strong className="font-semibold text-ink">{name}</strong> and all its unfinished
        tasks. This cannot be undone.
      </p>
      {preview.error && <PreviewProblem error={preview.error} onRetry={() => preview.refetch()} />}
      {preview.isPending && <Skeleton className="mt-4 w-48" />}
      {plan && (
        <Changes
          changes={
            plan.becomes === plan.status
              ? []
              : [
                  {
                    label: "Run",
                    from: <Status status={sleeps ? "sleeping" : plan.status} />,
                    to: <Status status={plan.becomes} />,
                  },
                ]
          }
        >
          <p className="mb-1">
            {plan.tasks.length === 0
              ? "No tasks left to cancel."
              : `${plural(plan.tasks.length, "task")} will be cancelled`}
            {queues.size > 1 && ` in ${queues.size} queues`}
            {plan.ended > 0 && ` (${plan.complete ? "" : "at least "}${plan.ended} already ended)`}
          </p>
          <Unsearched queues={plan.unsearched} />
          <ul className="flex flex-col gap-0.5">
            {plan.tasks.slice(0, MAX_LISTED).map((task) => (
              <li key={task.taskId} className="flex min-w-0 items-center gap-2">
                <StateLabel state={task.state} />
                <span dir="auto" className="truncate text-left text-ink">
                  {task.taskName}
                </span>
                <code className="mono shrink-0 whitespace-nowrap text-ink-3">
                  {formatShortId(task.taskId)}
                </code>
                {task.isRoot && <Badge>root</Badge>}
                {queues.size > 1 && <span className="truncate text-ink-3">{task.queue}</span>}
              </li>
            ))}
            {plan.tasks.length > MAX_LISTED && (
              <li className="text-ink-3">and {plan.tasks.length - MAX_LISTED} more</li>
            )}
          </ul>
          {plan.tasks.some((task) => task.state === "running") && (
            <p className="mt-2">
              Workers stop running tasks at their next checkpoint or heartbeat.
            </p>
          )}
        </Changes>
      )}
      <div className="mt-3">
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}

/** Queues in which active tasks may have been missed. */
function Unsearched({ queues }: { queues: Outcomes["unsearched"] }) {
  return queues.map(({ queue, from }) => (
    <p key={queue} className="text-pending">
      Not searched: tasks of {queue} spawned after <AbsoluteTime iso={from} />. The queue has more
      than 200,000 active tasks.
    </p>
  ));
}

const OUTCOMES = { cancelled: "cancelled", ended: "already ended" } as const;

/** The outcome of each task of a cancelled run. */
function CancelOutcomes({
  name,
  outcomes,
  unsearched,
  onClose,
}: Outcomes & {
  name: string;
  onClose: () => void;
}) {
  return (
    <Dialog
      title={`${name} cancelled`}
      onClose={onClose}
      footer={
        <Button size="large" variant="primary" onClick={onClose} className="flex-1 wide:flex-none">
          Done
        </Button>
      }
    >
      <Unsearched queues={unsearched} />
      {outcomes.length === 0 && <p className="text-ink-2">No tasks were left to cancel.</p>}
      <ul className="flex flex-col gap-0.5">
        {outcomes.map(({ queue, taskId, taskName, outcome }) => (
          <li key={taskId} className="flex min-w-0 items-center gap-2 text-12">
            <span className="w-24 shrink-0 text-ink-2">{OUTCOMES[outcome]}</span>
            <Link
              href={taskPath(queue, taskId)}
              className="truncate text-accent-text hover:underline"
            >
              {taskName}
            </Link>
            <code className="mono shrink-0 text-ink-3">{formatShortId(taskId)}</code>
            <span className="ml-auto truncate text-ink-3">{queue}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Status({ status }: { status: string }) {
  const state = findState(status);
  return state ? <StateLabel state={state} /> : status;
}
