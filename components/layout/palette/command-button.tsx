"use client";
"use no memo";
import { type ReactNode, useEffect, useState } from "react";
import { lazyDialog } from "@/components/ui/feedback/lazy";
import { isCommandKey, useHotkeys } from "@/components/ui/form/hotkeys";
import { CommandPalette } from "./command-palette";
import { useGlobalKeys } from "./use-global-keys";

const KeySheet = lazyDialog(() => import("./key-sheet").then((m) => m.KeySheet));

/** Opens the palette (also Ctrl/Cmd-K) and the keyboard shortcuts (`?`), which load on first use. */
export function CommandButton({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<"palette" | "keys" | null>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!isCommandKey(event, "k")) return;
      event.preventDefault();
      setOpen((before) => before ?? "palette");
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  useGlobalKeys();
  useHotkeys({ "?": () => setOpen("keys") });
  const close = () => setOpen(null);
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen("palette")}
        aria-label="Jump to a task, run, queue or page"
        aria-haspopup="dialog"
        className="ml-auto flex size-9 shrink-0 items-center justify-center gap-2 rounded-2 text-12 text-ink-3 hover:bg-hover wide:ml-0 wide:h-7 wide:w-[340px] wide:justify-start wide:border wide:bg-surface wide:pr-1.5 wide:pl-2"
      >
        {children}
      </button>
      {open === "palette" && <CommandPalette onClose={close} onKeys={() => setOpen("keys")} />}
      {open === "keys" && <KeySheet onClose={close} />}
    </>
  );
}
