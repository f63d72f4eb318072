"use client";
import type { ComponentProps, ReactNode } from "react";
import { jsonProblem } from "@/components/events/json-field";
import { Field, Input, Textarea } from "@/components/ui/form/field";
import { Select } from "@/components/ui/form/select";
import { attemptsProblem, headersProblem } from "./run-again-edits";
import type { SpawnForm } from "./spawn-form";

type Props = { form: SpawnForm; onChange: (change: Partial<SpawnForm>) => void };

const KINDS = [
  { value: "", label: "The engine’s default" },
  { value: "none", label: "At once" },
  { value: "fixed", label: "Fixed delay" },
  { value: "exponential", label: "Growing delay" },
];

/** Why a text is no duration; an empty one is fine. */
export function secondsProblem(text: string): string | null {
  if (text.trim() === "") return null;
  return Number(text) >= 0 && Number.isFinite(Number(text)) ? null : "A number of seconds";
}

/** A task to spawn, field by field. */
export function SpawnFields({ form, onChange }: Props) {
  const text = (key: keyof SpawnForm, label: ReactNode, more: Partial<FieldProps> = {}) => (
    <TextField
      label={label}
      value={form[key]}
      onChange={(event) => onChange({ [key]: event.target.value })}
      {...more}
    />
  );
  const seconds = (key: keyof SpawnForm, label: ReactNode) =>
    text(key, label, { inputMode: "decimal", error: secondsProblem(form[key]) });
  return (
    <div className="flex flex-col gap-2">
      {text("name", "Name", {
        className: "mono",
        autoFocus: true,
        hint: "As a worker registers it",
      })}
      <Field label="Params" error={jsonProblem(form.params)} hint="JSON; empty is null">
        {(ids) => (
          <Textarea
            {...ids}
            rows={6}
            spellCheck={false}
            className="mono leading-[18px]"
            value={form.params}
            onChange={(event) => onChange({ params: event.target.value })}
          />
        )}
      </Field>
      <details>
        <summary className="min-h-8 cursor-pointer py-1 text-12 text-ink-2">
          Retries, limits, headers and idempotency
        </summary>
        <div className="flex flex-col gap-2 pt-1">
          <div className="flex flex-wrap gap-2">
            {text("maxAttempts", "Attempts at most", {
              inputMode: "numeric",
              error: attemptsProblem(form.maxAttempts),
              hint: "Empty: no limit",
            })}
            <Field label="Between attempts">
              {(ids) => (
                <Select
                  {...ids}
                  options={KINDS}
                  value={form.kind}
                  onChange={(event) => onChange({ kind: event.target.value as SpawnForm["kind"] })}
                  className="w-full *:h-11 wide:*:h-8"
                />
              )}
            </Field>
          </div>
          {(form.kind === "fixed" || form.kind === "exponential") && (
            <div className="flex flex-wrap gap-2">
              {seconds("baseSeconds", "Delay, s")}
              {form.kind === "exponential" && (
                <>
                  {text("factor", "Factor", { inputMode: "decimal" })}
                  {seconds("maxSeconds", "Longest, s")}
                </>
              )}
            </div>
          )}
          <div className="flex flex-wrap gap-2">
            {seconds("maxDelaySeconds", "Cancel unless started within, s")}
            {seconds("maxDurationSeconds", "Cancel unless ended within, s")}
          </div>
          <Field label="Headers" error={headersProblem(form.headers)} hint="A JSON object">
            {(ids) => (
              <Textarea
                {...ids}
                rows={2}
                spellCheck={false}
                className="mono leading-[18px]"
                placeholder='{"tenant_id": "acme"}'
                value={form.headers}
                onChange={(event) => onChange({ headers: event.target.value })}
              />
            )}
          </Field>
          {text("idempotencyKey", "Idempotency key", {
            className: "mono",
            hint: "A second task with the same key is not spawned",
          })}
        </div>
      </details>
    </div>
  );
}

type FieldProps = Omit<ComponentProps<"input">, "autoFocus"> & {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | null;
  autoFocus?: boolean;
};

function TextField({ label, hint, error, autoFocus, ...props }: FieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <Input
          {...ids}
          {...(autoFocus && { "data-autofocus": true })}
          autoComplete="off"
          spellCheck={false}
          {...props}
        />
      )}
    </Field>
  );
}
