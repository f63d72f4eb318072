"use no memo";
import { cn } from "@/lib/cn";
import { formatCount, formatNumber } from "@/lib/format";

const PRECISION_HINTS: Record<string, string> = {
  exact: "counted exactly",
  estimated: "an estimate from the database’s statistics",
  capped: "at least this many",
};

/** A count with its precision: `1,200`, `≈ 1,200` or `10,000+`. Zero is muted. */
export function CountText({
  count,
  className,
}: {
  count: { value: number; precision: "exact" | "estimated" | "capped" };
  className?: string;
}) {
  return (
    <span
      data-tip={`${formatNumber(count.value)}, ${PRECISION_HINTS[count.precision]}`}
      className={cn(count.value === 0 && "text-ink-3", className)}
    >
      {formatCount(count)}
    </span>
  );
}

/** An exact number. Zero is muted; `tone` colours other values. */
export function NumberText({
  value,
  tone = "plain",
}: {
  value: number;
  tone?: "plain" | "warning" | "bad";
}) {
  const color = { plain: "", warning: "font-medium text-pending", bad: "font-medium text-failed" };
  return <span className={value === 0 ? "text-ink-3" : color[tone]}>{formatNumber(value)}</span>;
}

/** A dash for a cell without a value. */
export function NoValue() {
  return <span className="text-ink-3">–</span>;
}
