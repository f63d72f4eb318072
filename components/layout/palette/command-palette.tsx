"use client";
import { useRouter } from "next/navigation";
import { useEffect, useId, useState } from "react";
import { Icon } from "@/components/ui/icons/icon";
import { Modal } from "@/components/ui/overlay/modal";
import { Kbd } from "@/components/ui/text/kbd";
import { cn } from "@/lib/cn";
import { type Command, useCommands } from "./commands";

/** Jumps to any id, queue, task name or section, runs the page's commands, and opens the keyboard shortcuts. */
export function CommandPalette({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  const router = useRouter();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const listId = useId();
  // Enter during the lookup of an id opens it once it is found.
  const [entered, setEntered] = useState(false);
  const { commands, note, looking } = useCommands(text);
  const current = Math.min(at, commands.length - 1);
  const awaited = entered && !looking ? commands[0] : undefined;

  useEffect(() => {
    if (typeof awaited?.to !== "string") return;
    onClose();
    router.push(awaited.to);
  }, [awaited, onClose, router]);

  function go(command: Command | undefined) {
    if (!command) return setEntered(looking);
    onClose();
    if (typeof command.to === "string") router.push(command.to);
    else command.to();
  }
  function press(event: React.KeyboardEvent) {
    if (event.key === "ArrowDown") setAt((current + 1) % Math.max(commands.length, 1));
    else if (event.key === "ArrowUp")
      setAt((current - 1 + commands.length) % Math.max(commands.length, 1));
    else if (event.key === "Enter") go(commands[current]);
    else return;
    event.preventDefault();
  }
  return (
    <Modal
      aria-label="Jump to"
      onClose={onClose}
      className="float-in m-0 h-dvh max-h-none w-full max-w-none bg-raised p-0 shadow-3 backdrop:bg-scrim wide:mx-auto wide:mt-[12vh] wide:h-fit wide:w-[560px] wide:rounded-3"
    >
      <div className="flex h-12 items-center gap-2 border-b px-3">
        <Icon name="search" className="text-ink-3" />
        <input
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={commands[current] ? `${listId}-${current}` : undefined}
          aria-label="Id, queue, task name, page or action"
          placeholder="Paste an id, or type a queue, task name, page or action"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
            setEntered(false);
          }}
          onKeyDown={press}
          className="h-full min-w-0 flex-1 bg-transparent font-mono text-14 outline-none"
        />
        <button
          type="button"
          onClick={onClose}
          className="h-11 rounded-1 px-2 text-12 text-ink-3 hover:text-ink wide:h-6 wide:border"
        >
          esc
        </button>
      </div>
      <div
        id={listId}
        role="listbox"
        aria-label="Results"
        className="max-h-[60dvh] overflow-auto p-1"
      >
        {commands.map((command, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the combobox keeps the focus
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the combobox
          <div
            key={command.key}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === current}
            onClick={() => go(command)}
            onPointerMove={() => setAt(index)}
          >
            {command.group !== commands[index - 1]?.group && (
              <p className="px-2 pt-2 pb-1 text-12 text-ink-3">{command.group}</p>
            )}
            <div
              className={cn(
                "flex min-h-11 cursor-pointer items-center gap-2 rounded-2 px-2 wide:min-h-7",
                index === current && "bg-active",
              )}
            >
              <Icon name={command.icon} className="shrink-0 text-ink-3" />
              <span className="min-w-0 truncate font-medium">{command.label}</span>
              <span className="min-w-0 flex-1 truncate text-12 text-ink-3">{command.note}</span>
              {index === current && (
                <Icon name="corner-down-left" strokeWidth={2} size={14} className="text-ink-3" />
              )}
            </div>
          </div>
        ))}
      </div>
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
