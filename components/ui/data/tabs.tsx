"use client";
import { type ReactNode, useEffect, useRef } from "react";
import { cn } from "@/lib/cn";
import { formatNumber } from "@/lib/format";
import { Boundary } from "../feedback/boundary";
import { onIntent } from "../feedback/lazy";

export type Tab<Id extends string> = {
  id: Id;
  label: string;
  count?: number | undefined;
  /** Loads the code of the tab's content, on hover or focus. */
  preload?: () => void;
};

/** Tabs whose selection is held by the caller, in the URL. Arrow keys move and select. */
export function Tabs<Id extends string>({
  tabs,
  selected,
  onSelect,
  label,
  children,
}: {
  tabs: readonly Tab<Id>[];
  selected: Id;
  onSelect: (id: Id) => void;
  label: string;
  children: ReactNode;
}) {
  const list = useRef<HTMLDivElement>(null);
  // Scrolls the selected tab into view within the tab list; scrollIntoView would scroll the page too.
  useEffect(() => {
    const tab = document.getElementById(`tab-${selected}`)?.getBoundingClientRect();
    const view = list.current?.getBoundingClientRect();
    if (!tab || !view || (tab.left >= view.left && tab.right <= view.right)) return;
    list.current?.scrollBy({ left: tab.left - view.left - (view.width - tab.width) / 2 });
  }, [selected]);
  function move(event: React.KeyboardEvent<HTMLDivElement>) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = tabs.findIndex((tab) => tab.id === selected);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    onSelect(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  }
  return (
    <>
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        onKeyDown={move}
        className="flex shrink-0 gap-4 overflow-x-auto border-line border-b px-3 [scrollbar-width:none] wide:px-4"
      >
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`tab-${tab.id}`}
            type="button"
            role="tab"
            aria-selected={tab.id === selected}
            aria-controls="tab-panel"
            tabIndex={tab.id === selected ? 0 : -1}
            {...(tab.preload && onIntent(tab.preload))}
            onClick={() => onSelect(tab.id)}
            className={cn(
              "flex h-11 items-center gap-1.5 whitespace-nowrap border-b-2 font-medium -outline-offset-2 wide:h-8",
              tab.id === selected ? "border-accent text-ink" : "border-transparent text-ink-2",
            )}
          >
            {tab.label}
            {tab.count !== undefined && (
              <span className="font-normal text-12 text-ink-3">{formatNumber(tab.count)}</span>
            )}
          </button>
        ))}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${selected}`}>
        <Boundary key={selected}>{children}</Boundary>
      </div>
    </>
  );
}
