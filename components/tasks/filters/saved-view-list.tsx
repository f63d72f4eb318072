"use client";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/form/button";
import { Field, Input } from "@/components/ui/form/field";
import { Icon } from "@/components/ui/icons/icon";
import { Link } from "@/components/ui/text/link";
import { usePagePath } from "@/components/ui/text/prefix";
import { serializeTaskFilters, type TaskFilters } from "@/lib/search-params/tasks/filters";
import { removeView, saveView, useSavedViews } from "./saved-view-store";

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
              dir="auto"
              className="min-w-0 flex-1 truncate px-2 py-2.5 text-left font-medium wide:py-1"
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
