"use client";
"use no memo";
import { useEffect, useState, useSyncExternalStore } from "react";
import { cn } from "@/lib/cn";
import { Icon } from "../icons/icon";
import { Link } from "../text/link";
import { createStore } from "./store";

export type Toast = {
  /** Bad toasts stay until dismissed. */
  tone?: "good" | "bad";
  title: string;
  text?: string | undefined;
  link?: { href: string; label: string };
};

type Shown = Toast & { id: number; onDismiss: () => void };

const LIMIT = 3;
const NONE: readonly Shown[] = [];
const toasts = createStore(NONE);
let nextId = 1;

/**
 * Shows a message. A good one disappears after six seconds, but not while it is hovered or focused. At most three are
 * shown.
 */
export function showToast(toast: Toast): void {
  const id = nextId++;
  const onDismiss = () => toasts.set(toasts.get().filter((one) => one.id !== id));
  toasts.set([...toasts.get(), { ...toast, id, onDismiss }].slice(-LIMIT));
}

/** The container of toasts. It is always mounted, so that screen readers observe it from the start. */
export function Toaster() {
  const shown = useSyncExternalStore(toasts.subscribe, toasts.get, () => NONE);
  return (
    <section
      aria-label="Outcomes"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-3 bottom-16 z-40 flex flex-col gap-2 wide:right-4 wide:bottom-4 wide:left-auto wide:w-[400px]"
    >
      {shown.map((toast) => (
        <ToastCard key={toast.id} {...toast} />
      ))}
    </section>
  );
}

const DURATION_MS = 6_000;

/** One toast. `onDismiss` must be stable, or the timer restarts. */
function ToastCard({
  tone = "good",
  title,
  text,
  link,
  onDismiss,
}: Toast & { onDismiss: () => void }) {
  const [hovered, setHovered] = useState(false);
  const [focused, setFocused] = useState(false);
  const held = hovered || focused || tone === "bad";
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(onDismiss, DURATION_MS);
    return () => clearTimeout(timer);
  }, [held, onDismiss]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only pauses the timer; nothing can be done with it
    <div
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
      className="float-in pointer-events-auto flex min-h-12 items-center gap-2.5 rounded-3 bg-raised py-1.5 pr-2 pl-3 shadow-2"
    >
      <Icon
        name={tone === "bad" ? "octagon-x" : "circle-check"}
        strokeWidth={2}
        className={cn("shrink-0", tone === "bad" ? "text-failed-solid" : "text-completed-solid")}
      />
      <div className="min-w-0 flex-1">
        <p className="break-words font-semibold">{title}</p>
        {text && <p className="break-words text-12 text-ink-2">{text}</p>}
      </div>
      {link && (
        <Link
          href={link.href}
          onClick={onDismiss}
          className="flex min-h-11 items-center px-2 font-medium text-accent-text hover:underline wide:min-h-7"
        >
          {link.label}
        </Link>
      )}
      <button
        type="button"
        aria-label="Dismiss"
        onClick={onDismiss}
        className="grid size-11 shrink-0 place-items-center rounded-2 text-ink-2 hover:bg-active wide:size-7"
      >
        <Icon name="x" />
      </button>
    </div>
  );
}
