"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePerform } from "@/components/layout/use-perform";
import { Changes } from "@/components/ui/data/changes";
import { Field, Input } from "@/components/ui/form/field";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { RelativeTime } from "@/components/ui/text/relative-time";
import { extendLeaseAction } from "@/lib/actions/runs";
import { formatDuration } from "@/lib/format";
import type { Run, TaskDetail } from "@/lib/model/task";

const WEEK_SECONDS = 604_800;

/** Extends the lease of a running attempt. */
export function ExtendLeaseDialog({
  detail,
  run,
  onClose,
}: {
  detail: TaskDetail;
  run: Run;
  onClose: () => void;
}) {
  const perform = usePerform();
  const [text, setText] = useState("300");
  const [reason, setReason] = useState("");
  // A snapshot, because the page behind keeps updating.
  const [shown] = useState(run);
  const { queue } = detail.task;
  const seconds = Number(text);
  const valid = Number.isInteger(seconds) && seconds >= 1 && seconds <= WEEK_SECONDS;
  return (
    <ConfirmDialog
      title="Extend lease"
      confirmLabel="Extend"
      disabled={!valid}
      onClose={onClose}
      onConfirm={() =>
        perform(
          () =>
            extendLeaseAction({
              queue,
              runId: shown.runId,
              seconds,
              reason,
              expected: { claimedBy: shown.claimedBy, claimExpiresAt: shown.claimExpiresAt },
            }),
          {
            failed: "Lease not extended",
            done: () => ({
              title: "Lease extended",
              text: `Expires in ${formatDuration(seconds * 1000)} unless the worker renews it`,
            }),
          },
        )
      }
    >
      <p className="break-words text-ink-2">
        Attempt {shown.attempt} is leased to{" "}
        <code className="mono">{shown.claimedBy ?? "a worker"}</code>. If the lease expires without
        a heartbeat or checkpoint, the next claim on this queue fails the attempt. If the worker is
        dead, extending only delays the retry.
      </p>
      <p className="mt-2 text-ink-2">
        A worker of the TypeScript SDK ends its own process after twice the lease that it claimed
        with, whatever is set here. The attempt is then retried only when the extended lease has
        expired.
      </p>
      <div className="mt-3">
        <Field
          label="Seconds from now"
          error={valid ? undefined : `A whole number from 1 to ${WEEK_SECONDS}`}
        >
          {(ids) => (
            <Input
              {...ids}
              data-autofocus
              inputMode="numeric"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
      </div>
      <Changes
        changes={[
          {
            label: "Lease expires",
            from: shown.claimExpiresAt ? <RelativeTime iso={shown.claimExpiresAt} /> : "never",
            to: valid ? `in ${formatDuration(seconds * 1000)}` : "–",
          },
        ]}
      />
      <div className="mt-3">
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}
