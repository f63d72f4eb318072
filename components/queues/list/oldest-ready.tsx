"use client";
import { useClock } from "@/components/ui/text/clock";
import { NoValue } from "@/components/ui/text/no-value";
import { cn } from "@/lib/cn";
import { formatDuration } from "@/lib/format";

/** A claimable run that waits longer than this is slow; longer than the second, somebody should look. */
const SLOW_MS = 10_000;
const STUCK_MS = 60_000;

/** How long the oldest claimable run of a queue has waited: the latency a new task would see. */
export function OldestReady({ iso }: { iso: string | null }) {
  const ms = useClock((now) => (iso === null ? 0 : Math.max(now - Date.parse(iso), 0)));
  if (iso === null) return <NoValue />;
  return (
    <span
      title={iso}
      className={cn(
        ms >= STUCK_MS && "font-medium text-failed",
        ms >= SLOW_MS && ms < STUCK_MS && "font-medium text-pending",
      )}
    >
      {formatDuration(ms)}
    </span>
  );
}
