"use client";
import { useState } from "react";
import { queuePath } from "@/components/layout/paths";
import { usePerform } from "@/components/layout/use-perform";
import { Field, Input } from "@/components/ui/form/field";
import { Radio } from "@/components/ui/form/radio";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { createQueueAction } from "@/lib/actions/queues";
import { plural } from "@/lib/format";
import { STORAGE_MODES, type StorageMode } from "@/lib/model/queue";

/** PostgreSQL's limit for identifiers minus the engine's table prefix. */
const MAX_BYTES = 57;

const STORAGE_HINTS: Record<StorageMode, string> = {
  unpartitioned: "Plain tables. Right for most queues, up to a few million tasks.",
  partitioned:
    "Weekly partitions: old weeks drop instantly without bloat, but future ones must be created ahead. Needs schema 0.4.0.",
};

/** Creates a queue. The name is validated against the engine's rules while typing. */
export function CreateQueueDialog({ onClose }: { onClose: () => void }) {
  const perform = usePerform();
  const [name, setName] = useState("");
  const [storageMode, setStorageMode] = useState<StorageMode>("unpartitioned");
  const bytes = new TextEncoder().encode(name).length;
  const problem = bytes > MAX_BYTES ? `${bytes} bytes; the maximum is ${MAX_BYTES}` : undefined;
  return (
    <ConfirmDialog
      title="Create a queue"
      confirmLabel="Create queue"
      disabled={name === "" || problem !== undefined}
      onClose={onClose}
      onConfirm={() =>
        perform(() => createQueueAction({ queue: name, storageMode }), {
          failed: "Queue not created",
          done: () => ({
            title: "Queue created",
            text: name,
            link: { href: queuePath(name), label: "Open" },
          }),
        })
      }
    >
      <div className="flex flex-col gap-3">
        <Field
          label="Name"
          error={problem}
          hint={
            name !== name.trim()
              ? "Starts or ends with a space: allowed, but easy to mistype"
              : name
                ? `${plural(bytes, "byte")} of ${MAX_BYTES}`
                : "Workers must use this exact name"
          }
        >
          {(ids) => (
            <Input
              {...ids}
              data-autofocus
              className="mono"
              autoComplete="off"
              spellCheck={false}
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 text-12 text-ink-2">
            Storage mode (cannot be changed later)
          </legend>
          {STORAGE_MODES.map((mode) => (
            <Radio
              key={mode}
              name="storage"
              label={mode}
              checked={mode === storageMode}
              onChange={() => setStorageMode(mode)}
            >
              {STORAGE_HINTS[mode]}
            </Radio>
          ))}
        </fieldset>
      </div>
    </ConfirmDialog>
  );
}
