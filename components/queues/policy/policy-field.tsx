"use client";
import { Field, Input } from "@/components/ui/form/field";
import { Select } from "@/components/ui/form/select";
import type { QueuePolicyChange } from "@/lib/absurd/queues/queues";
import { LengthField } from "./length-field";
import { SETTINGS, type Setting } from "./policy-settings";

/** One setting of a policy, edited as what it is: a length of time, a number or a choice. */
export function PolicyField({
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
  if (kind === "length" && typeof value === "number")
    return (
      <LengthField
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
        kind === "number" && !Number.isInteger(value) ? "A whole number of at least 1" : undefined
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
