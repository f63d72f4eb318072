"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePerform } from "@/components/layout/use-perform";
import { Changes } from "@/components/ui/data/changes";
import { Field, Input } from "@/components/ui/form/field";
import { Radio } from "@/components/ui/form/radio";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { AbsoluteTime, RelativeTime } from "@/components/ui/text/relative-time";
import { useZone } from "@/components/ui/text/zone";
import type { ReschedulePlan } from "@/lib/actions/plans";
import { rescheduleRunAction } from "@/lib/actions/tasks";
import { formatInstant } from "@/lib/format";
import { parseLocal } from "@/lib/parse-local";
import { rescheduleWords } from "./reschedule-words";

type Choice = "now" | "at" | "never";

/** When a waiting run goes on: now, at a time, or (for a wait) without limit. */
export function RescheduleForm({
  queue,
  plan,
  onClose,
}: {
  queue: string;
  plan: ReschedulePlan;
  onClose: () => void;
}) {
  const perform = usePerform();
  const [reason, setReason] = useState("");
  const zone = useZone();
  const isWait = plan.kind === "event-wait";
  const [choice, setChoice] = useState<Choice>(isWait ? "at" : "now");
  const [typed, setTyped] = useState(() => startValue(plan, zone));
  const at = choice === "at" ? parseLocal(typed, zone) : choice;
  const words = rescheduleWords(plan);
  return (
    <ConfirmDialog
      title="Reschedule"
      confirmLabel={isWait ? "Move the time-out" : "Reschedule"}
      disabled={at === null}
      onClose={onClose}
      onConfirm={() =>
        perform(
          () =>
            rescheduleRunAction({
              queue,
              runId: plan.runId,
              at: at ?? "now",
              expected: { kind: plan.kind, at: plan.at },
              reason,
            }),
          {
            what: "The reschedule",
            done: (moved) => ({
              title: isWait ? "Time-out moved" : "Rescheduled",
              text: `${plan.taskName}: ${moved.at === "infinity" ? "no time-out" : `${formatInstant(moved.at, zone).slice(0, 19)} ${zone}`}`,
            }),
          },
        )
      }
    >
      <p className="break-words text-ink-2">
        {words.is} {words.effect}
      </p>
      <fieldset className="mt-3 flex flex-col gap-2">
        <legend className="sr-only">When</legend>
        <Radio
          name="when"
          checked={choice === "now"}
          onChange={() => setChoice("now")}
          label={isWait ? "Time out now" : "Now"}
        >
          {isWait && "The task gets a time-out instead of the event."}
        </Radio>
        <Radio
          name="when"
          checked={choice === "at"}
          onChange={() => setChoice("at")}
          label="At a time"
        />
        {choice === "at" && (
          <div className="pl-6">
            <Field
              label={`Date and time, ${zone}`}
              error={at === null ? "A date and a time" : undefined}
            >
              {(ids) => (
                <Input
                  {...ids}
                  type="datetime-local"
                  step={1}
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                />
              )}
            </Field>
          </div>
        )}
        {isWait && (
          <Radio
            name="when"
            checked={choice === "never"}
            onChange={() => setChoice("never")}
            label="Never: wait without limit"
          />
        )}
      </fieldset>
      <Changes
        changes={[
          {
            label: isWait ? "Times out" : "Due",
            from: plan.at === "infinity" ? "never" : <RelativeTime iso={plan.at} />,
            to:
              choice === "now"
                ? "now"
                : choice === "never"
                  ? "never"
                  : at && <AbsoluteTime iso={at} />,
          },
        ]}
      >
        {plan.cancelledAt && (
          <>
            Its cancellation policy ends it <RelativeTime iso={plan.cancelledAt} />, whatever you
            choose.
          </>
        )}
      </Changes>
      <div className="mt-3">
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}

/** The field starts at the present due time, or an hour from now. */
function startValue(plan: ReschedulePlan, zone: string): string {
  const due = plan.at === "infinity" ? 0 : Date.parse(plan.at);
  const now = Date.parse(plan.now);
  const start = due > now ? due : now + 3_600_000;
  return formatInstant(new Date(start).toISOString(), zone).slice(0, 19).replace(" ", "T");
}
