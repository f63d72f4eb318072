import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";

/** Keyset paging: newest, newer, older. There are no page numbers, since nothing counts the rows. */
export function Pager({
  page,
  note,
  first,
  onTurn,
  keys,
}: {
  page: { older: string | null; newer: string | null } | undefined;
  note: ReactNode;
  first: boolean;
  onTurn: (cursor: string | null) => void;
  /** The keys of the list, beside those of paging. */
  keys?: ReactNode;
}) {
  return (
    <nav
      aria-label="Pages"
      className="flex h-13 shrink-0 items-center gap-3 border-t bg-canvas px-3 wide:h-11 wide:px-4"
    >
      <span className="min-w-0 truncate text-12 text-ink-2">{note}</span>
      <span className="ml-auto hidden whitespace-nowrap text-12 text-ink-3 wide:inline">
        {keys}
      </span>
      <span className="ml-auto flex shrink-0 wide:ml-0">
        <Button className="rounded-r-none" disabled={first} onClick={() => onTurn(null)}>
          Newest
        </Button>
        <Button
          className="-ml-px rounded-none"
          disabled={!page?.newer}
          onClick={() => onTurn(page?.newer ?? null)}
        >
          Newer <Kbd>[</Kbd>
        </Button>
        <Button
          className="-ml-px rounded-l-none"
          disabled={!page?.older}
          onClick={() => onTurn(page?.older ?? null)}
        >
          Older <Kbd>]</Kbd>
        </Button>
      </span>
    </nav>
  );
}
