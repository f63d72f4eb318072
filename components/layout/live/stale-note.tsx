"use client";
"use no memo";
import { Icon } from "@/components/ui/icons/icon";
import { useClock } from "@/components/ui/text/clock";
import { formatRelative } from "@/lib/format";

/** Marks data that is older than its interval, with the time of the last refresh. Ages inside it have stopped. */
export function StaleNote({ at }: { at: number }) {
  const age = useClock(() => formatRelative(Math.min(at - Date.now(), 0)));
  return (
    <p role="status" className="flex items-center gap-1.5 px-3 py-1 text-12 text-pending wide:px-4">
      <Icon name="timer" size={14} className="shrink-0 text-pending-solid" />
      Stale: last refreshed <span aria-hidden>{age}</span>. Times are as of then.
    </p>
  );
}
