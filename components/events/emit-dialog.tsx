"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePerform } from "@/components/layout/use-perform";
import { useSettled } from "@/components/ui/feedback/use-settled";
import { Field, Input } from "@/components/ui/form/field";
import { JsonField, jsonProblem } from "@/components/ui/form/json-field";
import { Select } from "@/components/ui/form/select";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { emitEventAction, previewEmitAction } from "@/lib/actions/events";
import { plural } from "@/lib/format";
import { queuesQuery } from "@/lib/query/queues";
import { EmitPreview } from "./emit-preview";

/** Emits an event: shows whom it wakes first, and refuses a second emit that would change nothing. */
export function EmitDialog({
  queue: givenQueue,
  name: given,
  onClose,
}: {
  /** Given when the queue is known; else it is chosen. */
  queue?: string | undefined;
  /** Given when the event is known; else it is typed. */
  name?: string | undefined;
  onClose: () => void;
}) {
  const perform = usePerform();
  const [queue, setQueue] = useState(givenQueue ?? "");
  const [name, setName] = useState(given ?? "");
  const [payload, setPayload] = useState("");
  const [reason, setReason] = useState("");
  const settled = useSettled(name);
  const preview = useQuery({
    queryKey: ["preview", "emit", queue, settled],
    queryFn: () => previewEmitAction({ queue, name: settled }),
    enabled: settled !== "" && queue !== "",
    gcTime: 0,
  });
  const plan = preview.data?.ok && settled === name ? preview.data.data : undefined;
  const ready = plan !== undefined && plan.outcome !== "ignored" && jsonProblem(payload) === null;
  return (
    <ConfirmDialog
      title="Emit event"
      confirmLabel={plan && plan.wakesCount > 0 ? `Emit and wake ${plan.wakesCount}` : "Emit"}
      disabled={!ready}
      note={queue && `in ${queue.length > 24 ? `${queue.slice(0, 24)}…` : queue}`}
      onClose={onClose}
      onConfirm={() =>
        perform(() => emitEventAction({ queue, name, payload, reason }), {
          what: "The emit",
          done: ({ wakesCount }) => ({
            title: "Event emitted",
            text: `${name} ${wakesCount ? `woke ${plural(wakesCount, "task")}` : "is stored; nobody waited"}`,
          }),
        })
      }
    >
      <div className="flex flex-col gap-2">
        {givenQueue === undefined && <QueueField value={queue} onChange={setQueue} />}
        {given === undefined ? (
          <Field label="Name" hint="The first emit of a name in a queue counts">
            {(ids) => (
              <Input
                {...ids}
                data-autofocus
                className="mono"
                spellCheck={false}
                autoComplete="off"
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        ) : (
          <p className="break-all">
            <code className="mono font-medium">{given}</code>
          </p>
        )}
        <JsonField label="Payload" value={payload} onChange={setPayload} />
        <ReasonField value={reason} onChange={setReason} />
        {name !== "" && queue !== "" && (
          <EmitPreview
            queue={queue}
            plan={plan}
            problem={
              preview.data?.ok === false ? preview.data.error.message : preview.error?.message
            }
          />
        )}
      </div>
    </ConfirmDialog>
  );
}

function QueueField({ value, onChange }: { value: string; onChange: (queue: string) => void }) {
  const { data } = useQuery(queuesQuery());
  const names = data?.queues.map(({ name }) => name) ?? [];
  return (
    <Field label="Queue" hint="Only tasks of this queue see it">
      {(ids) => (
        <Select
          {...ids}
          value={value}
          onChange={({ target }) => onChange(target.value)}
          options={[
            { value: "", label: "Choose a queue" },
            ...names.map((name) => ({ value: name, label: name })),
          ]}
        />
      )}
    </Field>
  );
}
