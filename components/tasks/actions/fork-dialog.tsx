"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { taskPath } from "@/components/layout/paths";
import { usePerform } from "@/components/layout/use-perform";
import { Field } from "@/components/ui/form/field";
import { Select } from "@/components/ui/form/select";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { forkTaskAction } from "@/lib/actions/spawn";
import { plural } from "@/lib/format";
import type { TaskDetail } from "@/lib/model/task";
import { useEdits } from "../spawn/run-again-edits";
import { RunAgainFields } from "../spawn/run-again-fields";
import { stepsToForkFrom } from "./fork-steps";

/** Spawns a copy of a task that goes on from one of its steps. */
export function ForkDialog({
  detail,
  from,
  onClose,
}: {
  detail: TaskDetail;
  /** The step to begin with; by default the last one. */
  from?: string;
  onClose: () => void;
}) {
  const perform = usePerform();
  // What was shown when it opened: the page behind goes on changing.
  const [shown] = useState(detail);
  const steps = stepsToForkFrom(shown);
  const [step, setStep] = useState(from ?? steps.at(-1) ?? "");
  const [reason, setReason] = useState("");
  const form = useEdits(shown);
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
        perform(() => forkTaskAction({ queue, taskId, fromStep: step, reason, ...form.input }), {
          what: "The fork",
          done: ({ newTaskId, copied }) => ({
            title: "A fork is queued",
            text: `${name}, with ${plural(copied, "step")} copied`,
            link: { href: taskPath(queue, newTaskId), label: "See it" },
          }),
        })
      }
    >
      <p className="text-ink-2">
        A new task gets copies of the steps before this one and executes from it onwards. What those
        steps did outside is not undone, nor done again.
      </p>
      <div className="mt-3">
        <Field
          label="From step"
          hint={shown.truncated?.checkpoints && "Only the newest steps are on offer"}
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
        <StepList label="Copied" steps={kept} none="none: it is the first step" />
        <StepList label="Executed" steps={rerun} none="none" />
      </section>
      <RunAgainFields form={form} />
      <div className="mt-2">
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}

const MOST = 6;

function StepList({ label, steps, none }: { label: string; steps: string[]; none: string }) {
  const more = steps.length - MOST;
  return (
    <p className="break-words">
      <span className="font-medium text-ink">{label}</span> (
      {steps.length === 0 ? none : steps.length}
      {")"} {steps.slice(0, MOST).join(", ")}
      {more > 0 && ` and ${more} more`}
    </p>
  );
}
