"use client";
import { useQuery } from "@tanstack/react-query";
import { Field, Input } from "@/components/ui/form/field";
import { auditChoicesQuery } from "@/lib/query/audit";

/** The optional reason of an action, for the audit log. Renders nothing where no audit log is installed. */
export function ReasonField({
  value,
  onChange,
}: {
  value: string;
  onChange: (value: string) => void;
}) {
  const { data } = useQuery(auditChoicesQuery());
  if (data?.installed === false)
    return (
      <p className="text-12 text-ink-3">
        This action is not recorded: the audit log is not installed in this database.
      </p>
    );
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
