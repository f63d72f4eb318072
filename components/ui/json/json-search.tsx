"use client";
import { Icon } from "../icons/icon";

/** Finds inside one document. Enter goes on, Shift-Enter back. */
export function JsonSearch({
  query,
  onQuery,
  at,
  count,
  onMove,
}: {
  query: string;
  onQuery: (query: string) => void;
  at: number;
  count: number;
  onMove: (at: number) => void;
}) {
  return (
    <>
      <Icon name="search" size={14} className="text-ink-3" />
      <input
        type="search"
        aria-label="Find in this value"
        placeholder="Find a key or value"
        value={query}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || count === 0) return;
          onMove((at + (event.shiftKey ? count - 1 : 1)) % count);
        }}
        className="h-9 min-w-0 flex-1 bg-transparent px-1 text-12 outline-offset-0 wide:h-6"
      />
      <span aria-live="polite" className="text-12 text-ink-3">
        {query && (count === 0 ? "nothing found" : `${at + 1} of ${count}`)}
      </span>
    </>
  );
}
