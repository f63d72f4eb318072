import type { BulkOperation } from "@/lib/analytics/bulk";
import { formatNumber } from "@/lib/format";

const PARTS = [
  ["done", "fill-completed-solid"],
  ["skipped", "fill-cancelled-solid"],
  ["failed", "fill-failed-solid"],
] as const;

/** How far an operation is, as a bar of its outcomes; the figures beside it say the same in words. */
export function BulkProgress({ operation }: { operation: BulkOperation }) {
  const { collected, done, skipped, failed, state } = operation;
  const settled = done + skipped + failed;
  const scale = Math.max(collected, 1);
  const starts = { done: 0, skipped: done, failed: done + skipped };
  return (
    <svg
      role="img"
      aria-label={
        state === "collecting"
          ? `${formatNumber(collected)} tasks found so far`
          : `${formatNumber(settled)} of ${formatNumber(collected)} tasks`
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
