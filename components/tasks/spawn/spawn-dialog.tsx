"use client";
import { type ComponentProps, type ReactNode, useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { taskPath } from "@/components/layout/paths";
import { usePerform } from "@/components/layout/use-perform";
import { useRequestId } from "@/components/layout/use-request-id";
import { Button } from "@/components/ui/form/button";
import { Field, Input, Textarea } from "@/components/ui/form/field";
import { jsonProblem } from "@/components/ui/form/json-field";
import { Select } from "@/components/ui/form/select";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { spawnTaskAction } from "@/lib/actions/tasks";
import {
  attemptsProblem,
  EMPTY_FORM,
  headersProblem,
  parseSpawnJson,
  type SpawnForm,
  secondsProblem,
  toSpawnInput,
  toSpawnJson,
} from "./spawn-form";

/** Spawns a task from a form or from one JSON document. */
export function SpawnDialog({
  queue,
  name = "",
  onClose,
}: {
  queue: string;
  /** Initial value of the name. */
  name?: string;
  onClose: () => void;
}) {
  const perform = usePerform();
  const requestId = useRequestId();
  const [form, setForm] = useState<SpawnForm>({ ...EMPTY_FORM, name });
  const [json, setJson] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const parsed = json === null ? toSpawnInput(form) : parseSpawnJson(json);
  const input = "problem" in parsed ? undefined : parsed;
  const ready = input !== undefined && input.name !== "" && (json !== null || isValid(form));
  return (
    <ConfirmDialog
      title="Spawn task"
      confirmLabel="Spawn"
      disabled={!ready}
      note={`in ${queue.length > 24 ? `${queue.slice(0, 24)}…` : queue}`}
      onClose={onClose}
      onConfirm={async () => {
        if (!input) return undefined;
        return perform(() => spawnTaskAction({ requestId, queue, ...input, reason }), {
          failed: "Task not spawned",
          done: ({ taskId, created }) => ({
            title: created ? "Task spawned" : "Idempotency key already used",
            text: created ? input.name : "No task was spawned",
            link: { href: taskPath(queue, taskId), label: "Open task" },
          }),
        });
      }}
    >
      <Button
        variant="ghost"
        className="-ml-2.5"
        onClick={() => setJson(json === null ? toSpawnJson(form) : null)}
      >
        {json === null ? "Edit as JSON" : "Back to the form"}
      </Button>
      <div className="mt-1">
        {json === null ? (
          <SpawnFields
            form={form}
            onChange={(change) => setForm((before) => ({ ...before, ...change }))}
          />
        ) : (
          <Field
            label="Task as JSON"
            error={"problem" in parsed ? parsed.problem : undefined}
            hint="Going back to the form discards this text"
          >
            {(ids) => (
              <Textarea
                {...ids}
                rows={14}
                spellCheck={false}
                className="mono leading-[18px]"
                value={json}
                onChange={(event) => setJson(event.target.value)}
              />
            )}
          </Field>
        )}
        <div className="mt-2">
          <ReasonField value={reason} onChange={setReason} />
        </div>
      </div>
    </ConfirmDialog>
  );
}

function isValid(form: SpawnForm): boolean {
  const problems = [
    jsonProblem(form.params),
    headersProblem(form.headers),
    attemptsProblem(form.maxAttempts),
    ...[form.baseSeconds, form.factor, form.maxSeconds].map(secondsProblem),
    ...[form.maxDelaySeconds, form.maxDurationSeconds].map(secondsProblem),
  ];
  return problems.every((problem) => problem === null);
}

const KINDS = [
  { value: "", label: "Engine default" },
  { value: "none", label: "No delay" },
  { value: "fixed", label: "Fixed delay" },
  { value: "exponential", label: "Exponential delay" },
];

function SpawnFields({
  form,
  onChange,
}: {
  form: SpawnForm;
  onChange: (change: Partial<SpawnForm>) => void;
}) {
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
        hint: "As registered by the worker",
      })}
      <Field label="Params" error={jsonProblem(form.params)} hint="JSON; empty means null">
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
            {text("maxAttempts", "Attempt limit", {
              inputMode: "numeric",
              error: attemptsProblem(form.maxAttempts),
              hint: "Empty means no limit",
            })}
            <Field label="Retry delay">
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
                  {seconds("maxSeconds", "Maximum, s")}
                </>
              )}
            </div>
          )}
          <div className="flex flex-wrap gap-2">
            {seconds("maxDelaySeconds", "Cancel unless started within, s")}
            {seconds("maxDurationSeconds", "Cancel unless finished within, s")}
          </div>
          <Field label="Headers" error={headersProblem(form.headers)} hint="JSON object">
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
            hint: "No second task is spawned with the same key",
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
