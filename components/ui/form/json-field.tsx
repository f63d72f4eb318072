"use client";
import { formatBytes } from "@/lib/format";
import { Field, Textarea } from "./field";

/** Why a text isn't valid JSON; `null` if it is, or if it is empty. */
export function jsonProblem(text: string): string | null {
  if (text.trim() === "") return null;
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "Not valid JSON";
  }
}

/** A field for JSON, validated while typing; empty text means no value. */
export function JsonField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const problem = jsonProblem(value);
  const size = new Blob([value]).size;
  return (
    <Field
      label={label}
      error={problem}
      hint={value.trim() === "" ? "Empty means no payload" : `JSON, ${formatBytes(size)}`}
    >
      {(ids) => (
        <Textarea
          data-autofocus
          {...ids}
          rows={6}
          spellCheck={false}
          className="mono leading-[18px]"
          placeholder='{"parcel": 42}'
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
