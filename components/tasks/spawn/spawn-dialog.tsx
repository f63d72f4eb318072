"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { jsonProblem } from "@/components/events/json-field";
import { taskPath } from "@/components/layout/paths";
import { usePerform } from "@/components/layout/use-perform";
import { Button } from "@/components/ui/form/button";
import { Field, Textarea } from "@/components/ui/form/field";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { spawnTaskAction } from "@/lib/actions/spawn";
import { attemptsProblem, headersProblem } from "./run-again-edits";
import { SpawnFields, secondsProblem } from "./spawn-fields";
import { EMPTY_FORM, readSpawnJson, type SpawnForm, toSpawnInput, toSpawnJson } from "./spawn-form";

/** Spawns a task: field by field, or as one JSON document. */
export function SpawnDialog({
  queue,
  name = "",
  onClose,
}: {
  queue: string;
  /** What to begin with. */
  name?: string;
  onClose: () => void;
}) {
  const perform = usePerform();
  const [form, setForm] = useState<SpawnForm>({ ...EMPTY_FORM, name });
  const [json, setJson] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const read = json === null ? toSpawnInput(form) : readSpawnJson(json);
  const input = "problem" in read ? undefined : read;
  const ready = input !== undefined && input.name !== "" && (json !== null || isValid(form));
  return (
    <ConfirmDialog
      title="Spawn a task"
      confirmLabel="Spawn"
      disabled={!ready}
      note={`in ${queue.length > 24 ? `${queue.slice(0, 24)}…` : queue}`}
      onClose={onClose}
      onConfirm={async () => {
        if (!input) return undefined;
        return perform(() => spawnTaskAction({ queue, ...input, reason }), {
          what: "The spawn",
          done: ({ taskId, created }) => ({
            title: created ? "Task spawned" : "There is one with this key already",
            text: created ? input.name : "Nothing was spawned",
            link: { href: taskPath(queue, taskId), label: "See it" },
          }),
        });
      }}
    >
      <Button
        variant="ghost"
        className="-ml-2.5"
        onClick={() => setJson(json === null ? toSpawnJson(form) : null)}
      >
        {json === null ? "Write it as JSON" : "Back to the form"}
      </Button>
      <div className="mt-1">
        {json === null ? (
          <SpawnFields
            form={form}
            onChange={(change) => setForm((before) => ({ ...before, ...change }))}
          />
        ) : (
          <Field
            label="The task as JSON"
            error={"problem" in read ? read.problem : undefined}
            hint="Going back to the form forgets what was typed here"
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
