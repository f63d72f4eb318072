"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { taskPath } from "@/components/layout/paths";
import { usePerform } from "@/components/layout/use-perform";
import { useRequestId } from "@/components/layout/use-request-id";
import { Field } from "@/components/ui/form/field";
import { Select } from "@/components/ui/form/select";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { forkTaskAction } from "@/lib/actions/tasks";
import { plural } from "@/lib/format";
import type { TaskDetail } from "@/lib/model/task";
import { CopyFields, useCopyForm } from "../spawn/copy-fields";
import { forkableSteps } from "./availability";

/** Spawns a copy of a task that resumes from one of its steps. */
export function ForkDialog({
  detail,
  from,
  onClose,
}: {
  detail: TaskDetail;
  /** The initially selected step; the last one by default. */
  from?: string;
  onClose: () => void;
}) {
  const perform = usePerform();
  const requestId = useRequestId();
  // A snapshot, because the page behind keeps updating.
  const [shown] = useState(detail);
  const steps = forkableSteps(shown);
  const [step, setStep] = useState(from ?? steps.at(-1) ?? "");
  const [reason, setReason] = useState("");
  const form = useCopyForm(shown);
  const { queue, taskId, name } = shown.task;
  const kept = steps.slice(0, steps.indexOf(step));
  const rerun = steps.slice(kept.length);
  return (
    <ConfirmDialog
      title="Fork from a step"
      confirmLabel="Fork"
      disabled={!form.valid || step === ""}
      onClose={onClose}
      onConfirm={() =>
        perform(
          () => forkTaskAction({ requestId, queue, taskId, fromStep: step, reason, ...form.input }),
          {
            failed: "Task not forked",
            done: ({ newTaskId, copied }) => ({
              title: "Fork spawned",
              text: `${name}, with ${plural(copied, "step")} copied`,
              link: { href: taskPath(queue, newTaskId), label: "Open task" },
            }),
          },
        )
      }
    >
      <p className="text-ink-2">
        Spawns a new task with copies of the steps before this one, which runs from this step on.
        Side effects of the copied steps are neither undone nor repeated.
      </p>
      <div className="mt-3">
        <Field
          label="From step"
          hint={shown.truncated?.checkpoints && "Only the newest steps are listed"}
        >
          {(ids) => (
            <Select
              {...ids}
              data-autofocus
              options={steps.map((value) => ({ value, label: value }))}
              value={step}
              onChange={(event) => setStep(event.target.value)}
              className="w-full *:h-11 wide:*:h-8"
            />
          )}
        </Field>
      </div>
      <section
        aria-label="What will happen"
        className="mt-3 rounded-2 border bg-surface px-3 py-2 text-12 text-ink-2"
      >
        <StepList label="Copied" steps={kept} none="none: this is the first step" />
        <StepList label="Executed" steps={rerun} none="none" />
      </section>
      <CopyFields form={form} />
      <div className="mt-2">
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}

const MAX_LISTED = 6;

function StepList({ label, steps, none }: { label: string; steps: string[]; none: string }) {
  const more = steps.length - MAX_LISTED;
  return (
    <p className="break-words">
      <span className="font-medium text-ink">{label}</span> (
      {steps.length === 0 ? none : steps.length}
      {")"} {steps.slice(0, MAX_LISTED).join(", ")}
      {more > 0 && ` and ${more} more`}
    </p>
  );
}
