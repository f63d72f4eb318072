"use client";
import { type FormEvent, useState, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/form/button";
import { Field, Input } from "@/components/ui/form/field";
import { Icon } from "@/components/ui/icons/icon";
import { Link } from "@/components/ui/text/link";
import { usePagePath } from "@/components/ui/text/prefix";
import { serializeTaskFilters, type TaskFilters } from "@/lib/search-params/tasks/filters";

type Props = { filters: TaskFilters; fixedQueue: string | undefined; close: () => void };

/** Saved views, with a form that saves the current list as one. */
export function SavedViewList({ filters, fixedQueue, close }: Props) {
  const views = useSavedViews();
  const pathname = usePagePath();
  const [name, setName] = useState("");
  const shared = { ...filters, cursor: null };
  const search = serializeTaskFilters(fixedQueue === undefined ? shared : { ...shared, queue: [] });
  function save(event: FormEvent) {
    event.preventDefault();
    if (name.trim()) saveView({ name: name.trim(), href: `${pathname}${search}` });
    setName("");
  }
  return (
    <form onSubmit={save} className="flex flex-col gap-2">
      {views.length === 0 && (
        <p className="text-12 text-ink-2">
          Saves filters, columns and range in this browser. To share, copy the URL.
        </p>
      )}
      <ul className="-mx-1 empty:hidden">
        {views.map((view) => (
          <li key={view.name} className="flex items-center rounded-2 hover:bg-hover">
            <Link
              href={view.href}
              onClick={close}
              className="min-w-0 flex-1 truncate px-2 py-2.5 font-medium wide:py-1"
            >
              {view.name}
            </Link>
            <button
              type="button"
              aria-label={`Delete ${view.name}`}
              onClick={() => removeView(view.name)}
              className="grid size-10 place-items-center text-ink-3 hover:text-ink wide:size-7"
            >
              <Icon name="x" strokeWidth={2} size={14} />
            </button>
          </li>
        ))}
      </ul>
      <div className="flex items-end gap-2">
        <Field label="Save this list as">
          {(ids) => (
            <Input
              {...ids}
              data-autofocus
              value={name}
              maxLength={60}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <Button type="submit" size="large">
          Save
        </Button>
      </div>
    </form>
  );
}

/** A named list: its URL without the cursor. */
type SavedView = { name: string; href: string };

const KEY = "absurd-dashboard.views";
const NONE: readonly SavedView[] = [];
const listeners = new Set<() => void>();
/** The last parse result, because useSyncExternalStore needs the same array while the stored text is unchanged. */
let cached: { text: string | null; views: readonly SavedView[] } = { text: null, views: NONE };

/** Views saved in this browser, sorted by name. */
function useSavedViews(): readonly SavedView[] {
  return useSyncExternalStore(subscribe, getViews, () => NONE);
}

/** Saves a view, replacing one with the same name. */
function saveView(view: SavedView): void {
  const others = getViews().filter((one) => one.name !== view.name);
  write([...others, view].sort((a, b) => a.name.localeCompare(b.name)));
}

function removeView(name: string): void {
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
