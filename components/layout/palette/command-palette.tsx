"use client";
"use no memo";
import { useEffect, useState } from "react";
import { Combobox } from "@/components/ui/form/combobox";
import { Icon } from "@/components/ui/icons/icon";
import { Modal } from "@/components/ui/overlay/modal";
import { Kbd } from "@/components/ui/text/kbd";
import { usePageRouter } from "@/components/ui/text/prefix";
import { type Command, useCommands } from "./commands";

/** Jumps to any id, queue, task name or section, runs the page's commands, and opens the keyboard shortcuts. */
export function CommandPalette({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  const router = usePageRouter();
  const [text, setText] = useState("");
  // Enter pressed while an id is being looked up opens it once it is found.
  const [entered, setEntered] = useState(false);
  const { commands, note, looking } = useCommands(text);
  const awaited = entered && !looking ? commands[0] : undefined;

  useEffect(() => {
    if (typeof awaited?.to !== "string") return;
    onClose();
    router.push(awaited.to);
  }, [awaited, onClose, router]);

  function go({ to }: Command) {
    onClose();
    if (typeof to === "string") router.push(to);
    else to();
  }
  return (
    <Modal
      aria-label="Jump to"
      onClose={onClose}
      className="float-in m-0 h-dvh max-h-none w-full max-w-none bg-raised p-0 shadow-3 backdrop:bg-scrim wide:mx-auto wide:mt-[12vh] wide:h-fit wide:w-[560px] wide:rounded-3"
    >
      <Combobox
        kind="palette"
        label="Id, queue, task name, page or action"
        listLabel="Results"
        placeholder="Id, queue, task name or page"
        className="h-full min-w-0 flex-1 bg-transparent font-mono text-14 outline-none"
        value={text}
        onType={(value) => {
          setText(value);
          setEntered(false);
        }}
        options={commands}
        renderOption={(command) => <CommandLine command={command} />}
        onChoose={go}
        onSubmit={() => setEntered(looking)}
        row={(field) => (
          <div className="flex h-12 items-center gap-2 px-3">
            <Icon name="search" className="shrink-0 text-ink-3" />
            {field}
            <button
              type="button"
              onClick={onClose}
              className="h-11 rounded-1 px-2 text-12 text-ink-3 hover:text-ink wide:h-6 wide:border"
            >
              esc
            </button>
          </div>
        )}
      />
      <p aria-live="polite" className="px-3 pb-3 text-ink-2 empty:hidden">
        {note}
      </p>
      <div className="flex justify-end border-t px-1 py-1">
        <button
          type="button"
          onClick={onKeys}
          className="flex h-11 items-center gap-1.5 rounded-1 px-2 text-12 text-ink-3 hover:bg-hover hover:text-ink wide:h-6"
        >
          <Icon name="keyboard" size={14} />
          Keyboard shortcuts <Kbd>?</Kbd>
        </button>
      </div>
    </Modal>
  );
}

function CommandLine({ command: { icon, label, note } }: { command: Command }) {
  return (
    <span className="flex min-h-11 items-center gap-2 px-2 wide:min-h-7">
      <Icon name={icon} className="shrink-0 text-ink-3" />
      <span dir="auto" className="min-w-0 truncate font-medium">
        {label}
      </span>
      <span className="min-w-0 flex-1 truncate text-12 text-ink-3">{note}</span>
      <Icon
        name="corner-down-left"
        strokeWidth={2}
        size={14}
        className="hidden text-ink-3 group-data-highlighted:block"
      />
    </span>
  );
}
