"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { Button } from "@/components/ui/form/button";
import { Checkbox } from "@/components/ui/form/checkbox";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { previewCleanupAction } from "@/lib/actions/queues";
import { LengthField } from "../policy/length-field";
import { formatLength } from "../policy/seconds";
import { NameToConfirm } from "../queue/name-to-confirm";
import { CleanupPreview } from "./cleanup-preview";
import { describeDeleted, useCleanup } from "./use-cleanup";

const MONTH_SECONDS = 30 * 86_400;

/** Cleans up a queue now: counts first what would go, then deletes it in batches that can be stopped. */
export function CleanupDialog({
  queue,
  policySeconds,
  onClose,
}: {
  queue: string;
  /** How long the policy keeps what has ended; `null` where there is no policy. */
  policySeconds: number | null;
  onClose: () => void;
}) {
  const [kept] = useState(policySeconds);
  const [ttlSeconds, setTtl] = useState(Math.floor(kept ?? MONTH_SECONDS));
  const [tasks, setTasks] = useState(true);
  const [events, setEvents] = useState(true);
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const { deleted, run, stop } = useCleanup();
  const valid = !Number.isNaN(ttlSeconds) && ttlSeconds < 2 ** 31;
  const preview = useQuery({
    queryKey: ["preview", "cleanup", queue, ttlSeconds],
    queryFn: () => previewCleanupAction({ queue, ttlSeconds }),
    enabled: valid,
    gcTime: 0,
  });
  const plan = preview.data?.ok ? preview.data.data : undefined;
  const shorter = valid && (kept === null || ttlSeconds < Math.floor(kept));
  const going = (tasks ? (plan?.tasks.value ?? 0) : 0) + (events ? (plan?.events.value ?? 0) : 0);
  return (
    <ConfirmDialog
      title="Clean up now"
      danger
      confirmLabel="Delete"
      disabled={!plan || going === 0 || (shorter && typed !== queue)}
      note={
        deleted && (
          <span role="status" className="flex items-center gap-2">
            {describeDeleted(deleted)} deleted
            <Button onClick={stop}>Stop</Button>
          </span>
        )
      }
      onClose={onClose}
      onConfirm={() => run({ queue, ttlSeconds, tasks, events, reason })}
    >
      <div className="flex flex-col gap-3">
        <LengthField
          label="Delete what ended longer ago than"
          hint={
            kept === null ? "This queue has no policy" : `The policy keeps ${formatLength(kept)}`
          }
          seconds={ttlSeconds}
          onChange={setTtl}
        />
        <div className="flex flex-wrap gap-x-4">
          <Checkbox checked={tasks} onChange={({ target }) => setTasks(target.checked)}>
            Tasks
          </Checkbox>
          <Checkbox checked={events} onChange={({ target }) => setEvents(target.checked)}>
            Events
          </Checkbox>
        </div>
        <CleanupPreview
          plan={plan}
          problem={
            valid
              ? preview.data?.ok === false
                ? preview.data.error.message
                : preview.error?.message
              : "Say how long to keep what has ended."
          }
        />
        {shorter && <NameToConfirm queue={queue} value={typed} onChange={setTyped} />}
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}
