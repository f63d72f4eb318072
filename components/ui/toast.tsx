"use client";
import { useEffect, useSyncExternalStore } from "react";
import { Icon } from "./icon";
import { Link } from "./link";

type Toast = {
  id: number;
  tone: "good" | "bad";
  title: string;
  text?: string | undefined;
  link?: { href: string; label: string };
};

const LIMIT = 3;
const STAYS_MS = 6_000;
let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

/** Tells an outcome. At most three are in view; errors stay until dismissed. */
export function showToast(toast: Omit<Toast, "id">): void {
  set([...toasts, { ...toast, id: nextId++ }].slice(-LIMIT));
}

function dismiss(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const notify of listeners) notify();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const NONE: readonly Toast[] = [];

/** Where toasts appear. Mounted once and always there, so that screen readers watch it from the start. */
export function Toaster() {
  const shown = useSyncExternalStore(
    subscribe,
    () => toasts,
    () => NONE,
  );
  return (
    <section
      aria-label="Outcomes"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-3 bottom-16 z-40 flex flex-col gap-2 wide:right-4 wide:bottom-4 wide:left-auto wide:w-[400px]"
    >
      {shown.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const { id, tone } = toast;
  useEffect(() => {
    if (tone === "bad") return;
    const timer = setTimeout(() => dismiss(id), STAYS_MS);
    return () => clearTimeout(timer);
  }, [id, tone]);
  return (
    <div className="float-in pointer-events-auto flex min-h-12 items-center gap-2.5 rounded-3 bg-raised py-1.5 pr-2 pl-3 shadow-2">
      <Icon
        name={tone === "good" ? "circle-check" : "octagon-x"}
        strokeWidth={2}
        className={tone === "good" ? "shrink-0 text-completed-solid" : "shrink-0 text-failed-solid"}
      />
      <div className="min-w-0 flex-1">
        <p className="break-words font-semibold">{toast.title}</p>
        {toast.text && <p className="break-words text-12 text-ink-2">{toast.text}</p>}
      </div>
      {toast.link && (
        <Link href={toast.link.href} className="px-2 font-medium text-accent-text hover:underline">
          {toast.link.label}
        </Link>
      )}
      <button
        type="button"
        aria-label="Dismiss"
        onClick={() => dismiss(id)}
        className="grid size-11 shrink-0 place-items-center rounded-2 text-ink-2 hover:bg-active wide:size-7"
      >
        <Icon name="x" />
      </button>
    </div>
  );
}
