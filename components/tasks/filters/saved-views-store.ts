import { useSyncExternalStore } from "react";

/** A list under a name: the address it is at, without the page of it. */
export type SavedView = { name: string; href: string };

const KEY = "absurd-dashboard.views";
const NONE: readonly SavedView[] = [];
const listeners = new Set<() => void>();
let read: { text: string | null; views: readonly SavedView[] } = { text: null, views: NONE };

/** The views kept in this browser, by name. Nothing leaves it. */
export function useSavedViews(): readonly SavedView[] {
  return useSyncExternalStore(subscribe, readViews, () => NONE);
}

/** Keeps a view; one of the same name is replaced. */
export function saveView(view: SavedView): void {
  const others = readViews().filter((one) => one.name !== view.name);
  write([...others, view].sort((a, b) => a.name.localeCompare(b.name)));
}

/** Forgets a view. */
export function removeView(name: string): void {
  write(readViews().filter((one) => one.name !== name));
}

function readViews(): readonly SavedView[] {
  const text = storage()?.getItem(KEY) ?? null;
  if (text !== read.text) read = { text, views: parseViews(text) };
  return read.views;
}

/** What is damaged, or leads elsewhere than to a list of this dashboard, is left out. */
export function parseViews(text: string | null): readonly SavedView[] {
  try {
    const stored: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(stored) ? stored.filter(isView) : NONE;
  } catch {
    return NONE;
  }
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== "object" || value === null) return false;
  const { name, href } = value as Partial<Record<"name" | "href", unknown>>;
  return typeof name === "string" && typeof href === "string" && /^\/[^/\\]/.test(href);
}

function write(views: readonly SavedView[]): void {
  storage()?.setItem(KEY, JSON.stringify(views));
  for (const notify of listeners) notify();
}

/** A browser may forbid storage; then views last as long as nothing. */
function storage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}
