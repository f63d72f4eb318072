"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef } from "react";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { useHotkeys } from "@/components/ui/form/hotkeys";
import { cn } from "@/lib/cn";
import { LiveData } from "../live/live-data";
import { AllRowsAsOf, NewRows } from "./live-row-marks";
import { Pager } from "./pager";

type PageLike = { older: string | null; newer: string | null; now: string };

/**
 * A paged list: filters, rows in a scrolling box, the pager and its keys. `children` renders a page; `j` and `k` move
 * between rows with `data-row`.
 */
export function PagedList<Page extends PageLike>({
  title,
  bar,
  query,
  cursor,
  onTurn,
  note,
  columns,
  every,
  newer,
  keys,
  children,
}: {
  /** The heading, if the list is the whole page. */
  title?: string;
  bar?: ReactNode;
  query: UseQueryResult<Page>;
  cursor: string | null;
  onTurn: (cursor: string | null) => void;
  /** Text beside the pager. */
  note: (page: Page) => ReactNode;
  /** Number of columns in the skeleton. */
  columns: number;
  /** Refetch interval, if it differs from the page's; `null` for rows that never change. */
  every?: number | false | null;
  /** Set if rows stay in place: the number of newer rows, and the handler that shows them. */
  newer?: { count: number; limit: number; onShow: () => void };
  keys?: Record<string, () => void>;
  children: (page: Page) => ReactNode;
}) {
  const page = query.data;
  const box = useRef<HTMLDivElement>(null);
  useHotkeys(keys ?? {});
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page starts at its top
  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
  }, [cursor]);
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface short:flex-none">
      {title && <h1 className="sr-only">{title}</h1>}
      {bar}
      <div
        ref={box}
        aria-busy={query.isPlaceholderData}
        className={cn(
          "min-h-0 flex-1 overflow-auto transition-opacity short:flex-none short:overflow-x-auto",
          bar && "border-t",
          query.isPlaceholderData && "opacity-60",
        )}
      >
        <LiveData
          query={query}
          every={every}
          skeleton={<SkeletonRows rows={12} columns={columns} />}
        >
          {(data) => (
            <>
              {newer && (
                <NewRows
                  {...newer}
                  onShow={() => {
                    newer.onShow();
                    box.current?.scrollTo({ top: 0 });
                  }}
                />
              )}
              {children(data)}
            </>
          )}
        </LiveData>
      </div>
      <Pager
        page={page}
        note={
          page && (
            <>
              {note(page)}
              {!newer && every !== null && <AllRowsAsOf at={query.dataUpdatedAt} />}
            </>
          )
        }
        first={!cursor}
        onTurn={(next) => {
          // Until the rows of changed filters arrive, the cursors are those of the filters before.
          if (next === null || cursor || !query.isPlaceholderData) onTurn(next);
        }}
      />
    </div>
  );
}

/** The loading state of the list; `bar` reserves space for the filters. */
export function PagedListSkeleton({ columns, bar = true }: { columns: number; bar?: boolean }) {
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-hidden bg-surface">
      {bar && <div className="h-13 shrink-0 border-b" />}
      <SkeletonRows rows={12} columns={columns} />
    </div>
  );
}
