"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePerform } from "@/components/layout/use-perform";
import { Changes } from "@/components/ui/data/changes";
import { OutcomeError } from "@/components/ui/feedback/outcome-error";
import { Skeleton } from "@/components/ui/feedback/skeleton";
import { Button } from "@/components/ui/form/button";
import { Field, Input } from "@/components/ui/form/field";
import { Radio } from "@/components/ui/form/radio";
import { Icon } from "@/components/ui/icons/icon";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { AbsoluteTime, RelativeTime } from "@/components/ui/text/relative-time";
import { useZone } from "@/components/ui/text/zone";
import type { ReschedulePreview } from "@/lib/actions/previews/runs";
import { rescheduleRunAction } from "@/lib/actions/runs";
import { formatSecond } from "@/lib/format";
import { type Iso, toInstant, toMs } from "@/lib/model/instants";
import { ProblemError } from "@/lib/model/problem";
import type { Run, TaskDetail } from "@/lib/model/task";
import { parseTime } from "@/lib/parse-local";
import { previewQuery } from "@/lib/query/previews";

/** Reschedules a waiting run, with a preview of what it is waiting for. */
export function RescheduleDialog({
  detail,
  run,
  onClose,
}: {
  detail: TaskDetail;
  run: Run;
  onClose: () => void;
}) {
  const { queue } = detail.task;
  const preview = useQuery(previewQuery("reschedule", { queue, runId: run.runId }));
  if (preview.data)
    return <RescheduleForm queue={queue} preview={preview.data} onClose={onClose} />;
  return (
    <ConfirmDialog
      title="Reschedule"
      confirmLabel="Reschedule"
      disabled
      onClose={onClose}
      onConfirm={async () => undefined}
    >
      {preview.isPending ? (
        <div
          role="status"
          aria-label="Loading the preview"
          className="flex h-48 flex-col gap-4 pt-2"
        >
          <Skeleton className="w-64" />
          <Skeleton className="w-40" />
        </div>
      ) : (
        <OutcomeError
          failure={{
            title: "Cannot be rescheduled",
            code: preview.error instanceof ProblemError ? preview.error.code : "internal",
            message: preview.error?.message ?? "",
            hint: preview.error instanceof ProblemError ? preview.error.hint : undefined,
          }}
        >
          <Button onClick={() => preview.refetch()}>
            <Icon name="refresh-cw" size={14} />
            Try again
          </Button>
        </OutcomeError>
      )}
    </ConfirmDialog>
  );
}

type Choice = "now" | "at" | "never";

function RescheduleForm({
  queue,
  preview,
  onClose,
}: {
  queue: string;
  preview: ReschedulePreview;
  onClose: () => void;
}) {
  const perform = usePerform();
  const [reason, setReason] = useState("");
  const zone = useZone();
  const isWait = preview.kind === "event-wait";
  const [choice, setChoice] = useState<Choice>(isWait ? "at" : "now");
  const [suggested] = useState(() => suggestTime(preview, zone));
  const [typed, setTyped] = useState(suggested.text);
  // An unchanged text means the exact suggested instant: the text has no fractions, and is ambiguous when clocks go
  // back.
  const parsed = typed === suggested.text ? suggested.at : parseTime(typed, zone, preview.now);
  const at = choice === "at" ? parsed : choice;
  const { situation, effect } = describePreview(preview);
  return (
    <ConfirmDialog
      title="Reschedule"
      confirmLabel={isWait ? "Change timeout" : "Reschedule"}
      disabled={at === null}
      onClose={onClose}
      onConfirm={() =>
        perform(
          () =>
            rescheduleRunAction({
              queue,
              runId: preview.runId,
              at: at ?? "now",
              expected: { kind: preview.kind, at: preview.at },
              reason,
            }),
          {
            failed: "Run not rescheduled",
            done: (moved) => ({
              title: isWait ? "Timeout changed" : "Rescheduled",
              text: `${preview.taskName}: ${moved.at === "infinity" ? "no timeout" : `${formatSecond(moved.at, zone)} ${zone}`}`,
            }),
          },
        )
      }
    >
      <p className="break-words text-ink-2">
        {situation} {effect}
      </p>
      <fieldset className="mt-3 flex flex-col gap-2">
        <legend className="sr-only">When</legend>
        <Radio
          name="when"
          checked={choice === "now"}
          onChange={() => setChoice("now")}
          label={isWait ? "Time out now" : "Now"}
        >
          {isWait && "The task resumes with a timeout instead of the event."}
        </Radio>
        <Radio
          name="when"
          checked={choice === "at"}
          onChange={() => setChoice("at")}
          label="At a time"
        />
        {choice === "at" && (
          <div className="pl-6">
            <TimeField zone={zone} value={typed} valid={at !== null} onChange={setTyped} />
          </div>
        )}
        {isWait && (
          <Radio
            name="when"
            checked={choice === "never"}
            onChange={() => setChoice("never")}
            label="No timeout"
          />
        )}
      </fieldset>
      <Changes
        changes={[
          {
            label: isWait ? "Times out" : "Due",
            from: preview.at === "infinity" ? "never" : <RelativeTime iso={preview.at} />,
            to:
              choice === "now"
                ? "now"
                : choice === "never"
                  ? "never"
                  : at && <AbsoluteTime iso={at} />,
          },
        ]}
      >
        {preview.cancelledAt && (
          <>
            It will still be cancelled <RelativeTime iso={preview.cancelledAt} /> (cancellation
            policy).
          </>
        )}
      </Changes>
      <div className="mt-3">
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}

/**
 * A wall-clock time as text, because a native picker follows the browser's locale while the page shows ISO in `zone`.
 */
function TimeField({
  zone,
  value,
  valid,
  onChange,
}: {
  zone: string;
  value: string;
  valid: boolean;
  onChange: (value: string) => void;
}) {
  const format = "YYYY-MM-DD HH:mm, in 5 min, or tomorrow 09:00";
  return (
    <Field
      label={`Date and time (${zone})`}
      hint={format}
      error={valid ? undefined : `Not a date and time: ${format}`}
    >
      {(ids) => (
        <Input
          {...ids}
          className="mono"
          autoComplete="off"
          spellCheck={false}
          maxLength={19}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** The current due time, or an hour from now if it has passed, with its text. */
function suggestTime(preview: ReschedulePreview, zone: string): { at: Iso; text: string } {
  const due = toMs(preview.at);
  const now = toMs(preview.now);
  const at = due > now && Number.isFinite(due) ? preview.at : toInstant(now + 3_600_000);
  return { at, text: formatSecond(at, zone) };
}

/** Describes what the run is waiting for and what rescheduling changes. */
function describePreview(preview: ReschedulePreview): { situation: string; effect: string } {
  switch (preview.kind) {
    case "queued":
      return {
        situation: "Queued, never started.",
        effect: "It becomes ready at this time.",
      };
    case "backoff":
      return {
        situation: `Waiting for attempt ${preview.attempt} after a failure.`,
        effect: "The next attempt becomes due at this time.",
      };
    case "woken":
      return {
        situation: "Woken by an event and waiting for a worker.",
        effect: "It becomes ready at this time; the event’s payload is kept.",
      };
    case "sleep":
      return {
        situation: `Sleeping in step “${preview.step}”.`,
        effect: "The sleep ends at this time. The stored wake time is updated too.",
      };
    case "event-wait":
      return {
        situation: `Waiting for event “${preview.event}”.`,
        effect: "Only its timeout changes; nothing is emitted. To resume it, emit the event.",
      };
    case "deferred":
      return {
        situation: "Deferred by a worker, or scheduled in another way.",
        effect: "It becomes ready at this time. The worker may defer it again.",
      };
  }
}
