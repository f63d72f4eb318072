"use client";
"use no memo";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/form/button";
import { useHotkeys, useHotkeysOn } from "@/components/ui/form/hotkeys";
import { Kbd } from "@/components/ui/text/kbd";

const BY_TIME = ["Newest", "Newer", "Older"] as const;

/** Keyset paging, also with `[` and `]`. Rows aren't counted, so there are no page numbers. */
export function Pager({
  page,
  note,
  first,
  onTurn,
  labels = BY_TIME,
  keys,
}: {
  page: { older: string | null; newer: string | null } | undefined;
  note: ReactNode;
  first: boolean;
  onTurn: (cursor: string | null) => void;
  /** Button labels for lists that aren't newest first. */
  labels?: readonly [string, string, string];
  /** Hints for the list's other keys. */
  keys?: ReactNode;
}) {
  const turn = (cursor: string | null | undefined) => (cursor ? () => onTurn(cursor) : undefined);
  const [newer, older] = [turn(page?.newer), turn(page?.older)];
  const on = useHotkeysOn();
  useHotkeys({ "[": newer, "]": older });
  return (
    <nav
      aria-label="Pages"
      className="flex h-13 shrink-0 items-center gap-3 border-t bg-canvas px-3 wide:h-11 wide:px-4"
    >
      <span className="line-clamp-2 min-w-0 text-12 text-ink-2 wide:line-clamp-1 wide:break-all">
        {note}
      </span>
      <span className="ml-auto hidden whitespace-nowrap text-12 text-ink-3 wide:inline">
        {on && keys}
      </span>
      <span className="ml-auto flex shrink-0 wide:ml-0">
        <Button className="rounded-r-none" disabled={first} onClick={() => onTurn(null)}>
          {labels[0]}
        </Button>
        <Button className="-ml-px rounded-none" disabled={!newer} onClick={newer}>
          {labels[1]} <Kbd>[</Kbd>
        </Button>
        <Button className="-ml-px rounded-l-none" disabled={!older} onClick={older}>
          {labels[2]} <Kbd>]</Kbd>
        </Button>
      </span>
    </nav>
  );
}
