"use client";
"use no memo";
import { useHydrated } from "@/components/ui/feedback/use-hydrated";
import { Icon } from "@/components/ui/icons/icon";
import { StoppedClock, useClock } from "@/components/ui/text/clock";
import { Age } from "@/components/ui/text/relative-time";
import { formatNumber, formatRelative } from "@/lib/format";
import type { Iso } from "@/lib/model/instants";
import { knownAt } from "../live/freshness";

/** The age of a row that could not be refreshed. */
export function StaleMark({ since }: { since: Iso }) {
  return (
    <StoppedClock at={null}>
      <span
        data-stale-mark
        className="absolute right-0 bottom-1 z-1 h-5 bg-surface px-3 text-12 text-pending leading-5 wide:top-0 wide:bottom-0 wide:my-auto wide:px-2"
      >
        stale, <Age iso={since} /> old
      </span>
    </StoppedClock>
  );
}

/**
 * At the top of a list, while there are any: a button that shows the rows that arrived since the page was drawn.
 * `limit` is the page size: at that count there may be more.
 */
export function NewRows({
  count,
  limit,
  onShow,
}: {
  count: number;
  limit: number;
  onShow: () => void;
}) {
  return (
    <div
      aria-live="polite"
      className="sticky top-0 z-20 h-0 text-center empty:hidden wide:text-right"
    >
      {count > 0 && (
        <button
          type="button"
          onClick={onShow}
          className="float-in mt-1 inline-flex h-9 items-center gap-1 rounded-full bg-inverse pr-4 pl-3 font-medium text-12 text-ink-inverse shadow-2 wide:mt-8 wide:mr-4 wide:h-5 wide:pr-2.5 wide:pl-1.5"
        >
          <Icon name="arrow-up" strokeWidth={2} size={12} />
          {formatNumber(count)}
          {count >= limit && "+"} new
        </button>
      )}
    </div>
  );
}

/**
 * Beside the number of rows of a list that replaces all of them at each refresh: until when they are known, in the
 * browser's time. 0 shows nothing.
 */
export function AllRowsAsOf({ at }: { at: number }) {
  const age = useClock(() => formatRelative(Math.min(knownAt(at) - Date.now(), 0)));
  return (
    useHydrated() &&
    at !== 0 && (
      <>
        {" · "}
        <span>all rows as of {age}</span>
      </>
    )
  );
}
