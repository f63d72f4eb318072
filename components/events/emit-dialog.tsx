"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { taskPath } from "@/components/layout/paths";
import { usePerform } from "@/components/layout/use-perform";
import { Preview } from "@/components/ui/data/preview";
import { Field, Input } from "@/components/ui/form/field";
import { JsonField, jsonProblem } from "@/components/ui/form/json-field";
import { Select } from "@/components/ui/form/select";
import { useDebouncedValue } from "@/components/ui/form/use-debounced-value";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { Link } from "@/components/ui/text/link";
import { AbsoluteTime, RelativeTime } from "@/components/ui/text/relative-time";
import { emitEventAction } from "@/lib/actions/events";
import type { EmitPreview } from "@/lib/actions/previews/events";
import { formatShortId, plural } from "@/lib/format";
import { previewQuery } from "@/lib/query/previews";
import { queuesQuery } from "@/lib/query/queues";

/** Emits an event after previewing the tasks that it wakes. An emit without effect can't be confirmed. */
export function EmitDialog({
  queue: givenQueue,
  name: given,
  onClose,
}: {
  /** If missing, the dialog has a field for the queue. */
  queue?: string | undefined;
  /** If missing, the dialog has a field for the name. */
  name?: string | undefined;
  onClose: () => void;
}) {
  const perform = usePerform();
  const [queue, setQueue] = useState(givenQueue ?? "");
  const [name, setName] = useState(given ?? "");
  const [payload, setPayload] = useState("");
  const [reason, setReason] = useState("");
  const settled = useDebouncedValue(name);
  const preview = useQuery(
    previewQuery("emit", settled !== "" && queue !== "" ? { queue, name: settled } : undefined),
  );
  const effect = settled === name ? preview.data : undefined;
  const ready =
    effect !== undefined && effect.outcome !== "ignored" && jsonProblem(payload) === null;
  return (
    <ConfirmDialog
      title="Emit event"
      confirmLabel={effect && effect.wakesCount > 0 ? `Emit and wake ${effect.wakesCount}` : "Emit"}
      disabled={!ready}
      note={queue && `in ${queue.length > 24 ? `${queue.slice(0, 24)}…` : queue}`}
      onClose={onClose}
      onConfirm={() =>
        perform(
          () =>
            emitEventAction({
              queue,
              name,
              payload,
              reason,
              ...(effect && { shownWakes: effect.wakesCount }),
            }),
          {
            failed: "Event not emitted",
            done: ({ wakesCount }) => ({
              title: "Event emitted",
              text: `${name} ${wakesCount ? `woke ${plural(wakesCount, "task")}` : "is stored; no task was waiting"}`,
            }),
          },
        ).then((failure) => {
          if (failure?.code === "state_changed") void preview.refetch();
          return failure;
        })
      }
    >
      <div className="flex flex-col gap-2">
        {givenQueue === undefined && <QueueField value={queue} onChange={setQueue} />}
        {given === undefined ? (
          <Field label="Name" hint="Only the first emit per name and queue takes effect">
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
          <PreviewPanel
            queue={queue}
            effect={effect}
            problem={preview.error?.message}
            onRetry={() => preview.refetch()}
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
    <Field label="Queue" hint="Only tasks in this queue receive it">
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

/** What an emit would do now. */
function PreviewPanel({
  queue,
  effect,
  problem,
  onRetry,
}: {
  queue: string;
  effect: EmitPreview | undefined;
  problem: string | undefined;
  onRetry: () => void;
}) {
  return (
    <Preview
      problem={problem}
      onRetry={onRetry}
      waiting="Looking for waiting tasks…"
      className="min-h-16"
    >
      {effect && (
        <div className="px-3 py-2">
          <Effect queue={queue} effect={effect} />
        </div>
      )}
    </Preview>
  );
}

function Effect({ queue, effect }: { queue: string; effect: EmitPreview }) {
  if (effect.outcome === "ignored" && effect.emittedAt) {
    return (
      <p>
        <strong className="font-semibold text-pending">Already emitted</strong>{" "}
        <RelativeTime iso={effect.emittedAt} /> (<AbsoluteTime iso={effect.emittedAt} />
        ). Only the first emit takes effect; another would change nothing and wake no task.
      </p>
    );
  }
  return (
    <>
      {effect.outcome === "overwritten" && (
        <p className="text-pending">
          Emitted before. This version of the engine overwrites the payload.
        </p>
      )}
      <p>
        {effect.wakesCount === 0
          ? "No task is waiting. The event is stored; later waits resolve at once."
          : `Wakes ${plural(effect.wakesCount, "task")}:`}
      </p>
      <ul className="mt-1 max-h-40 overflow-auto text-12">
        {effect.wakes.map((wake) => (
          <li key={wake.runId} className="flex min-h-6 items-center gap-2">
            <Link
              href={taskPath(queue, wake.taskId)}
              className="min-w-0 truncate font-medium text-accent-text hover:underline"
            >
              {wake.taskName}
            </Link>
            <code className="mono text-ink-3">{formatShortId(wake.taskId)}</code>
            <span className="ml-auto whitespace-nowrap text-ink-3">
              {wake.timeoutAt ? <RelativeTime iso={wake.timeoutAt} /> : "no timeout"}
            </span>
          </li>
        ))}
      </ul>
      {effect.wakesCount > effect.wakes.length && (
        <p className="text-12 text-ink-3">
          and {plural(effect.wakesCount - effect.wakes.length, "more task")}
        </p>
      )}
    </>
  );
}
