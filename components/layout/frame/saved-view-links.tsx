"use client";
import { useSavedViews } from "@/components/tasks/filters/saved-view-store";
import { Link } from "@/components/ui/text/link";

/** Links to the lists of tasks that are saved in this browser; renders nothing without any. */
export function SavedViewLinks() {
  const views = useSavedViews();
  if (views.length === 0) return null;
  return (
    <nav aria-label="Saved views" className="mt-4 flex min-h-0 flex-col gap-px overflow-y-auto">
      <p className="px-2 pb-1 text-12 text-ink-3">Saved views</p>
      {views.map(({ name, href }) => (
        <Link
          key={name}
          href={href}
          className="block shrink-0 truncate rounded-2 px-2 py-1 text-ink-2 hover:bg-active/60"
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
