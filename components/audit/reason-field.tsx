"use client";
import { Field, Input } from "@/components/ui/form/field";

/** The optional reason of an action, for the audit log. */
export function ReasonField({
  value,
  onChange,
}: {
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <Field label="Reason (optional, kept in the audit log)">
      {(ids) => (
        <Input
          {...ids}
          maxLength={500}
          autoComplete="off"
          placeholder="INC-123: the gateway was down"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
