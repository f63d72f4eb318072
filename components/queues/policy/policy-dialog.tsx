"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePerform } from "@/components/layout/use-perform";
import { Changes } from "@/components/ui/data/changes";
import { Field, Input } from "@/components/ui/form/field";
import { Select } from "@/components/ui/form/select";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import type { QueuePolicy, QueuePolicyChange } from "@/lib/absurd/queues/queues";
import { setQueuePolicyAction } from "@/lib/actions/queues";
import { PeriodField } from "./period-field";
import {
  diffPolicies,
  formatSetting,
  listSettings,
  SETTINGS,
  type Setting,
} from "./policy-settings";

/** Edits a queue's policy, with a preview of the changes. */
export function PolicyDialog({ policy, onClose }: { policy: QueuePolicy; onClose: () => void }) {
  const perform = usePerform();
  // The policy as it was when the dialog opened; the page behind it keeps refreshing.
  const [before] = useState(policy);
  const [after, setAfter] = useState<QueuePolicyChange>(policy);
  const [reason, setReason] = useState("");
  const { change, expected, changed } = diffPolicies(before, after);
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
        {listSettings(before).map((setting) => (
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
            ? "The change does not create partitions: create them on this page, or let pg_cron do it."
            : "The change deletes nothing; the next cleanup applies it."}
        </Changes>
      )}
    </ConfirmDialog>
  );
}

/** The field for one setting: a period, a number or a choice. */
function PolicyField({
  setting,
  policy,
  onChange,
}: {
  setting: Setting;
  policy: QueuePolicyChange;
  onChange: (change: QueuePolicyChange) => void;
}) {
  const { label, hint, kind } = SETTINGS[setting];
  const value = policy[setting];
  if (kind === "period" && typeof value === "number")
    return (
      <PeriodField
        label={label}
        hint={hint}
        seconds={value}
        onChange={(seconds) => onChange({ [setting]: seconds })}
      />
    );
  return (
    <Field
      label={label}
      hint={hint}
      error={
        kind === "number" && !Number.isInteger(value)
          ? "Must be a whole number, 1 or more"
          : undefined
      }
    >
      {(ids) =>
        typeof kind === "string" ? (
          <Input
            {...ids}
            type="number"
            min={1}
            className="max-w-28"
            defaultValue={value}
            onChange={({ target }) => onChange({ [setting]: target.valueAsNumber })}
          />
        ) : (
          <Select
            {...ids}
            className="max-w-40"
            value={value}
            options={kind.map((choice) => ({ value: choice, label: choice }))}
            onChange={({ target }) => onChange({ [setting]: target.value })}
          />
        )
      }
    </Field>
  );
}
