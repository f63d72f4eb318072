import { cn } from "@/lib/cn";
import { formatCount, formatNumber } from "@/lib/format";

const MEANING: Record<string, string> = {
  exact: "counted exactly",
  estimated: "an estimate from the database’s statistics",
  capped: "at least this many",
};

/** A number that says how far it can be trusted; zero is quiet. */
export function CountText({
  count,
  className,
}: {
  count: { value: number; precision: "exact" | "estimated" | "capped" };
  className?: string;
}) {
  return (
    <span
      title={`${formatNumber(count.value)}, ${MEANING[count.precision]}`}
      className={cn(count.value === 0 && "text-ink-3", className)}
    >
      {formatCount(count)}
    </span>
  );
}

/** An exact number; zero is quiet. `tone` colours it only when it is not zero. */
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
