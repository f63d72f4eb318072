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

/** What the engine leaves of a table's name for the queue's. */
const LONGEST_BYTES = 57;

const MEANING: Record<StorageMode, string> = {
  unpartitioned: "Plain tables. Right for most queues, up to some millions of tasks.",
  partitioned:
    "Tables cut by week. Old weeks go at once and leave no bloat; the weeks ahead have to be made in time. Since schema 0.4.0.",
};

/** Creates a queue; the engine's rules of names are told while one is typed. */
export function CreateQueueDialog({ onClose }: { onClose: () => void }) {
  const perform = usePerform();
  const [name, setName] = useState("");
  const [storageMode, setStorageMode] = useState<StorageMode>("unpartitioned");
  const bytes = new TextEncoder().encode(name).length;
  const problem =
    bytes > LONGEST_BYTES ? `${bytes} bytes; the engine takes ${LONGEST_BYTES} at most` : undefined;
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
              ? "It begins or ends with a space; that is allowed, and easy to mistype"
              : name
                ? `${plural(bytes, "byte")} of ${LONGEST_BYTES}`
                : "Any text; workers name the queue exactly like this"
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
          <legend className="mb-1 text-12 text-ink-2">Storage, for good</legend>
          {STORAGE_MODES.map((mode) => (
            <Radio
              key={mode}
              name="storage"
              label={mode}
              checked={mode === storageMode}
              onChange={() => setStorageMode(mode)}
            >
              {MEANING[mode]}
            </Radio>
          ))}
        </fieldset>
      </div>
    </ConfirmDialog>
  );
}
