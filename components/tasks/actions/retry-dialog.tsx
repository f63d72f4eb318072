"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { taskPath } from "@/components/layout/paths";
import { usePerform } from "@/components/layout/use-perform";
import { useRequestId } from "@/components/layout/use-request-id";
import { Changes } from "@/components/ui/data/changes";
import { Field, Input } from "@/components/ui/form/field";
import { Radio } from "@/components/ui/form/radio";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { retryTaskAction } from "@/lib/actions/tasks";
import { plural } from "@/lib/format";
import type { TaskDetail } from "@/lib/model/task";
import { parseObject } from "@/lib/timeline/parse-payload";
import { StateLabel } from "../state/state-label";

const MAX_EXTRA = 1000;

/** Retries a failed task: more attempts for the same task, or a new one. */
export function RetryDialog({ detail, onClose }: { detail: TaskDetail; onClose: () => void }) {
  const perform = usePerform();
  const requestId = useRequestId();
  const [reason, setReason] = useState("");
  const [spawnNew, setSpawnNew] = useState(false);
  const [more, setMore] = useState("1");
  // A snapshot, because the page behind keeps updating.
  const [{ task, checkpoints }] = useState(detail);
  const { queue, taskId, name, attempts, maxAttempts, cancellation } = task;
  const extra = Number(more);
  const valid = Number.isInteger(extra) && extra >= 1 && extra <= MAX_EXTRA;
  const steps = checkpoints.length;
  const limited = parseObject(cancellation)?.max_duration != null;

  return (
    <ConfirmDialog
      title="Retry task"
      confirmLabel={spawnNew ? "Spawn new task" : "Retry"}
      disabled={!spawnNew && !valid}
      onClose={onClose}
      onConfirm={() =>
        perform(
          () =>
            retryTaskAction({
              requestId,
              queue,
              taskId,
              reason,
              expectedAttempts: attempts,
              ...(spawnNew ? { spawnNew } : { extraAttempts: extra }),
            }),
          {
            failed: "Task not retried",
            done: (retried) =>
              retried.created
                ? {
                    title: "New task spawned",
                    text: name,
                    link: { href: taskPath(queue, retried.taskId), label: "Open task" },
                  }
                : { title: `Attempt ${retried.attempt} is queued`, text: name },
          },
        )
      }
    >
      <fieldset className="flex flex-col gap-2">
        <legend className="sr-only">How</legend>
        <Radio
          name="how"
          checked={!spawnNew}
          onChange={() => setSpawnNew(false)}
          label="Give this task more attempts"
        >
          {steps > 0
            ? `Keeps its id; its ${plural(steps, "stored step")} will not run again.`
            : "Keeps its id. It has no stored steps, so it starts from the beginning."}
        </Radio>
        <Radio
          name="how"
          checked={spawnNew}
          onChange={() => setSpawnNew(true)}
          label="Spawn a new task"
        >
          Same name and params, from the first step. This task stays failed; the engine does not
          link the two.
        </Radio>
      </fieldset>
      {!spawnNew && (
        <>
          <div className="mt-3 max-w-40">
            <Field
              label="More attempts"
              error={valid ? undefined : `A whole number from 1 to ${MAX_EXTRA}`}
            >
              {(ids) => (
                <Input
                  {...ids}
                  inputMode="numeric"
                  value={more}
                  onChange={(event) => setMore(event.target.value)}
                />
              )}
            </Field>
          </div>
          <Changes
            changes={[
              {
                label: "State",
                from: <StateLabel state="failed" />,
                to: <StateLabel state="pending" />,
              },
              {
                label: "Attempt limit",
                from: maxAttempts ?? "∞",
                to: valid ? attempts + extra : "–",
              },
            ]}
          >
            {limited &&
              "max_duration still counts from the first start. If it has been exceeded, the next claim on this queue cancels the task."}
          </Changes>
        </>
      )}
      <div className="mt-3">
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}
