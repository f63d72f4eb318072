"use client";
import { useEffect, useRef, useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePerform } from "@/components/layout/use-perform";
import { StateLabel } from "@/components/tasks/state/state-label";
import { Changes } from "@/components/ui/data/changes";
import { Skeleton } from "@/components/ui/feedback/skeleton";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { Badge } from "@/components/ui/text/badge";
import { cancelWorkflowRunAction, previewCancelWorkflowRunAction } from "@/lib/actions/workflows";
import { formatShortId, plural } from "@/lib/format";
import { stateOf } from "../status";
import { CancelOutcomes, type Outcome } from "./cancel-outcomes";

type Preview = Awaited<ReturnType<typeof previewCancelWorkflowRunAction>>;

const MOST_LISTED = 12;

/** Asks before a run is cancelled, and shows every task that ends with it. */
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
  const ended = useRef<Outcome[]>(null);
  const [reason, setReason] = useState("");
  const [outcomes, setOutcomes] = useState<Outcome[] | null>(null);
  const [preview, setPreview] = useState<Preview>();
  useEffect(() => {
    let current = true;
    previewCancelWorkflowRunAction({ workflowRunId }).then((answer) => {
      if (current) setPreview(answer);
    });
    return () => {
      current = false;
    };
  }, [workflowRunId]);
  const plan = preview?.ok ? preview.data : undefined;
  const nothing = plan && plan.tasks.length === 0 && plan.becomes === plan.status;
  const sleeps =
    plan?.status === "running" && plan.tasks.some((one) => one.isRoot && one.state === "sleeping");
  const queues = new Set(plan?.tasks.map(({ queue }) => queue));
  if (outcomes) return <CancelOutcomes name={name} outcomes={outcomes} onClose={onClose} />;
  return (
    <ConfirmDialog
      title="Cancel this workflow run"
      danger
      confirmLabel="Cancel run"
      cancelLabel="Keep running"
      disabled={!plan || nothing === true}
      onClose={() => (ended.current ? setOutcomes(ended.current) : onClose())}
      onConfirm={() =>
        perform(() => cancelWorkflowRunAction({ workflowRunId, reason }), {
          failed: "Workflow run not cancelled",
          done: (data) => {
            ended.current = data.outcomes;
            return {
              title: "Workflow run cancelled",
              text: `${plural(data.cancelled, "task")} of ${name}`,
            };
          },
        })
      }
    >
      <p className="break-words text-ink-2">
        <strong className="font-semibold text-ink">{name}</strong> ends now, with all its tasks that
        have not ended yet. This cannot be undone.
      </p>
      {preview && !preview.ok && (
        <p role="alert" className="mt-3 text-failed">
          {preview.error.message} {preview.error.hint}
        </p>
      )}
      {!preview && <Skeleton className="mt-4 w-48" />}
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
              ? "No task is left to cancel."
              : `${plural(plan.tasks.length, "task")} will be cancelled`}
            {queues.size > 1 && ` in ${queues.size} queues`}
            {plan.ended > 0 && ` (${plan.ended} ended already)`}
          </p>
          <ul className="flex flex-col gap-0.5">
            {plan.tasks.slice(0, MOST_LISTED).map((task) => (
              <li key={task.taskId} className="flex min-w-0 items-center gap-2">
                <StateLabel state={task.state} />
                <span className="truncate text-ink">{task.taskName}</span>
                <code className="mono shrink-0 whitespace-nowrap text-ink-3">
                  {formatShortId(task.taskId)}
                </code>
                {task.isRoot && <Badge>root</Badge>}
                {queues.size > 1 && <span className="truncate text-ink-3">{task.queue}</span>}
              </li>
            ))}
            {plan.tasks.length > MOST_LISTED && (
              <li className="text-ink-3">and {plan.tasks.length - MOST_LISTED} more</li>
            )}
          </ul>
          {plan.tasks.some((task) => task.state === "running") && (
            <p className="mt-2">
              Workers that execute one of them go on until their next checkpoint or heartbeat, and
              stop there.
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

function Status({ status }: { status: string }) {
  const state = stateOf(status);
  return state ? <StateLabel state={state} /> : status;
}
