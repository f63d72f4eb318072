"use client";
import { useClock } from "@/components/ui/text/clock";
import { NoValue } from "@/components/ui/text/count";
import { cn } from "@/lib/cn";
import { BACKLOG_MS } from "@/lib/diagnosis/concerns";
import { formatDuration } from "@/lib/format";
import { toMs } from "@/lib/model/instants";

/** Ages shown as a warning and as an alarm, in milliseconds. */
const WARNING_MS = 10_000;
const ALARM_MS = BACKLOG_MS;

/** How long the oldest ready task of a queue has waited, which is roughly the latency a new task would see. */
export function OldestReady({ iso }: { iso: string | null }) {
  const ms = useClock((now) => (iso === null ? 0 : Math.max(now - toMs(iso), 0)));
  if (iso === null) return <NoValue />;
  return (
    <span
      data-tip={iso}
      className={cn(
        ms >= ALARM_MS && "font-medium text-failed",
        ms >= WARNING_MS && ms < ALARM_MS && "font-medium text-pending",
      )}
    >
      {formatDuration(ms)}
    </span>
  );
}
