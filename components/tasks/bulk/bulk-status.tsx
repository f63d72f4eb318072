import { Icon } from "@/components/ui/icons/icon";
import type { BulkOperation } from "@/lib/analytics/bulk";
import { cn } from "@/lib/cn";
import { formatNumber } from "@/lib/format";
import type { BulkState } from "@/lib/model/bulk";

const STATES = {
  collecting: { label: "collecting tasks", icon: "loader-circle", look: "text-running" },
  running: { label: "running", icon: "loader-circle", look: "text-running" },
  done: { label: "done", icon: "circle-check", look: "text-completed" },
  aborted: { label: "aborted", icon: "circle-slash", look: "text-cancelled" },
  failed: { label: "stopped by an error", icon: "octagon-x", look: "text-failed" },
} as const;

/** Icon and label of the state of a bulk operation. */
export function BulkStateLabel({ state }: { state: BulkState }) {
  const { label, icon, look } = STATES[state];
  return (
    <span className={cn("inline-flex items-center gap-1.5 whitespace-nowrap align-top", look)}>
      <Icon name={icon} size={14} />
      {label}
    </span>
  );
}

const PARTS = [
  ["done", "fill-completed-solid"],
  ["skipped", "fill-cancelled-solid"],
  ["failed", "fill-failed-solid"],
] as const;

/** A progress bar by outcome. The numbers are also shown as text next to it. */
export function BulkProgress({ operation }: { operation: BulkOperation }) {
  const { collected, done, skipped, failed, state } = operation;
  const processed = done + skipped + failed;
  const scale = Math.max(collected, 1);
  const starts = { done: 0, skipped: done, failed: done + skipped };
  return (
    <svg
      role="img"
      aria-label={
        state === "collecting"
          ? `${formatNumber(collected)} tasks collected`
          : `${formatNumber(processed)} of ${formatNumber(collected)} tasks`
      }
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      className="h-1.5 w-full rounded-full bg-active"
    >
      {PARTS.map(([part, fill]) => (
        <rect
          key={part}
          x={(starts[part] / scale) * 100}
          width={(operation[part] / scale) * 100}
          height={4}
          className={fill}
        />
      ))}
    </svg>
  );
}
