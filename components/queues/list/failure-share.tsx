import { NoValue } from "@/components/ui/text/no-value";
import { cn } from "@/lib/cn";
import { formatNumber } from "@/lib/format";

/** Shares of failed attempts that deserve a look, and concern. */
const SOME = 0.02;
const MUCH = 0.1;

/** How many of the attempts that ended, failed. */
export function FailureShare({ completed, failed }: { completed: number; failed: number }) {
  const ended = completed + failed;
  if (ended === 0) return <NoValue />;
  const share = failed / ended;
  return (
    <span
      title={`${formatNumber(failed)} of ${formatNumber(ended)} ended attempts failed`}
      className={cn(
        failed === 0 && "text-ink-3",
        share >= SOME && share < MUCH && "font-medium text-pending",
        share >= MUCH && "font-medium text-failed",
      )}
    >
      {(share * 100).toFixed(1)} %
    </span>
  );
}
