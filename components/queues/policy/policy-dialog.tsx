"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePerform } from "@/components/layout/use-perform";
import { Changes } from "@/components/ui/data/changes";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import type { QueuePolicy, QueuePolicyChange } from "@/lib/absurd/queues/queues";
import { setQueuePolicyAction } from "@/lib/actions/queues";
import { PolicyField } from "./policy-field";
import { changesOf, formatSetting, SETTINGS, settingsOf } from "./policy-settings";

/** Edits the policy of a queue: shows what becomes of what before anything changes. */
export function PolicyDialog({ policy, onClose }: { policy: QueuePolicy; onClose: () => void }) {
  const perform = usePerform();
  // What was shown when it opened: the page behind goes on changing.
  const [before] = useState(policy);
  const [after, setAfter] = useState<QueuePolicyChange>(policy);
  const [reason, setReason] = useState("");
  const { change, expected, changed } = changesOf(before, after);
  const valid = changed.every((setting) => {
    const value = change[setting];
    return typeof value !== "number" || (value >= 0 && (setting !== "cleanupLimit" || value >= 1));
  });
  return (
    <ConfirmDialog
      title="Change the policy"
      confirmLabel="Change policy"
      disabled={changed.length === 0 || !valid}
      note={`of ${before.queueName.length > 24 ? `${before.queueName.slice(0, 24)}…` : before.queueName}`}
      onClose={onClose}
      onConfirm={() =>
        perform(() => setQueuePolicyAction({ queue: before.queueName, change, expected, reason }), {
          failed: "Policy not changed",
          done: () => ({ title: "Policy changed", text: before.queueName }),
        })
      }
    >
      <div className="flex flex-col gap-3">
        {settingsOf(before).map((setting) => (
          <PolicyField
            key={setting}
            setting={setting}
            policy={after}
            onChange={(value) => setAfter({ ...after, ...value })}
          />
        ))}
        <ReasonField value={reason} onChange={setReason} />
      </div>
      {changed.length > 0 && valid && (
        <Changes
          changes={changed.map((setting) => ({
            label: SETTINGS[setting].label,
            from: formatSetting(before, setting),
            to: formatSetting(change, setting),
          }))}
        >
          {changed.some((setting) => setting.startsWith("partitionLook"))
            ? "Weeks are not made by the change itself: make them on this page, or let pg_cron do it."
            : "Nothing is deleted by the change itself; the next cleanup goes by it."}
        </Changes>
      )}
    </ConfirmDialog>
  );
}
