"use client";
import { useSyncExternalStore } from "react";
import { lazyOptional } from "../feedback/lazy";
import type { Toast } from "./toast-card";

const ToastCard = lazyOptional(() => import("./toast-card").then((m) => m.ToastCard));

type Shown = Toast & { id: number; onDismiss: () => void };

const LIMIT = 3;
const NONE: readonly Shown[] = [];
let toasts = NONE;
let nextId = 1;
const listeners = new Set<() => void>();

/** Tells that something was done. At most three are in view, for some seconds. */
export function showToast(toast: Toast): void {
  const id = nextId++;
  const onDismiss = () => set(toasts.filter((one) => one.id !== id));
  set([...toasts, { ...toast, id, onDismiss }].slice(-LIMIT));
}

function set(next: readonly Shown[]): void {
  toasts = next;
  for (const notify of listeners) notify();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

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
        <ToastCard key={toast.id} {...toast} />
      ))}
    </section>
  );
}
