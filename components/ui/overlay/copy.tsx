"use client";
"use no memo";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { Textarea } from "../form/field";
import { ModifierKey } from "../text/kbd";
import { Dialog } from "./dialog";
import { createStore } from "./store";

const refused = createStore<string | null>(null);

/**
 * Copies a text and resolves to whether it succeeded. Browsers have no clipboard on plain HTTP, except on localhost,
 * and may refuse access. On failure `ManualCopy` shows the text, selected.
 */
export async function copyText(text: string): Promise<boolean> {
  // `navigator.clipboard` is undefined on plain HTTP, although its type isn't optional.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  const copied =
    (await clipboard?.writeText(text).then(
      () => true,
      () => false,
    )) || copyBySelection(text);
  if (!copied) refused.set(text);
  return copied;
}

/** The deprecated command works without HTTPS, but only during a click or key press. */
function copyBySelection(text: string): boolean {
  const { activeElement } = document;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.setAttribute("aria-hidden", "true");
  field.className = "fixed top-0 left-0 size-px opacity-0";
  // Elements outside a modal dialog can't be focused.
  const parent = activeElement?.closest("dialog") ?? document.body;
  parent.append(field);
  field.focus({ preventScroll: true });
  field.select();
  let copied = false;
  try {
    copied = document.execCommand("copy");
  } catch {
    // Not supported: the caller shows the text.
  }
  field.remove();
  if (activeElement instanceof HTMLElement) activeElement.focus({ preventScroll: true });
  return copied;
}

/** Shows and selects a text that could not be copied. Mounted once, on every page. */
export function ManualCopy() {
  const text = useSyncExternalStore(refused.subscribe, refused.get, () => null);
  return text === null ? null : <ManualCopyDialog text={text} onClose={() => refused.set(null)} />;
}

function ManualCopyDialog({ text, onClose }: { text: string; onClose: () => void }) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.select(), []);
  return (
    <Dialog title="Copy by hand" onClose={onClose}>
      <p className="mb-2 text-ink-2">
        The browser did not allow copying, as on pages without https. The text is selected: copy it
        with <ModifierKey /> C or the browser’s menu.
      </p>
      <Textarea
        ref={field}
        readOnly
        data-autofocus
        aria-label="Text to copy"
        rows={Math.min(8, text.split("\n").length + 1)}
        className="mono"
        value={text}
      />
    </Dialog>
  );
}
