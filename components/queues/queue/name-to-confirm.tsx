"use client";
import { Field, Input } from "@/components/ui/form/field";

/** Requires typing the queue's name before a deletion. */
export function NameToConfirm({
  queue,
  value,
  onChange,
}: {
  queue: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <Field
      label={
        <>
          Type <code className="mono select-all break-all font-medium text-ink">{queue}</code> to
          confirm
        </>
      }
    >
      {(ids) => (
        <Input
          {...ids}
          aria-label="Name of the queue"
          className="mono"
          autoComplete="off"
          spellCheck={false}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}
