"use client";
import { useSyncExternalStore } from "react";

/** A named list: its URL without the cursor. */
type SavedView = { name: string; href: string };

const KEY = "absurd-dashboard.views";
const NONE: readonly SavedView[] = [];
const listeners = new Set<() => void>();
/** The last parse result, because useSyncExternalStore needs the same array while the stored text is unchanged. */
let cached: { text: string | null; views: readonly SavedView[] } = { text: null, views: NONE };

/** Views saved in this browser, sorted by name. */
export function useSavedViews(): readonly SavedView[] {
  return useSyncExternalStore(subscribe, getViews, () => NONE);
}

/** Saves a view, replacing one with the same name. */
export function saveView(view: SavedView): void {
  const others = getViews().filter((one) => one.name !== view.name);
  write([...others, view].sort((a, b) => a.name.localeCompare(b.name)));
}

export function removeView(name: string): void {
  write(getViews().filter((one) => one.name !== name));
}

function getViews(): readonly SavedView[] {
  const text = storage()?.getItem(KEY) ?? null;
  if (text !== cached.text) cached = { text, views: parseViews(text) };
  return cached.views;
}

/** Drops invalid entries and links to other sites, because other code can write to this storage. */
function parseViews(text: string | null): readonly SavedView[] {
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

/** `undefined` if the browser forbids storage; nothing is saved then. */
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
