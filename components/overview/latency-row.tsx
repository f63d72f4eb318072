import { LogRange } from "@/components/charts/log-range";
import { ScopedLink } from "@/components/tenants/tenant-scope";
import { Td } from "@/components/ui/data/table";
import { CountText } from "@/components/ui/text/count";
import type { Quantiles, LatencyRow as Row } from "@/lib/analytics/overview";
import { cn } from "@/lib/cn";
import { formatDuration } from "@/lib/format";

/** A task that waits this long for a worker, in one of twenty cases, is worth a look. Run times are the task's own business. */
const LONG_WAIT_MS = 60_000;

/** The waits and run times of one name or queue. */
export function LatencyRow({ row, href }: { row: Row; href: string }) {
  const late = (row.wait?.p95 ?? 0) >= LONG_WAIT_MS;
  return (
    <tr className="hover:bg-hover">
      <Td className="max-w-[160px] wide:max-w-[200px] xwide:max-w-[140px]">
        <ScopedLink
          href={href}
          title={row.name}
          className="block truncate font-medium hover:text-accent-text hover:underline"
        >
          {row.name}
        </ScopedLink>
      </Td>
      <Td numeric className="text-ink-2 max-wide:hidden">
        <CountText count={row.tasks} />
      </Td>
      <Cells quantiles={row.wait} bad={late} />
      <Cells quantiles={row.run} bad={false} />
    </tr>
  );
}

function Cells({ quantiles, bad }: { quantiles: Quantiles | null; bad: boolean }) {
  if (!quantiles)
    return (
      <>
        <Td numeric className="text-ink-3 max-wide:hidden">
          –
        </Td>
        <Td numeric className="text-ink-3">
          –
        </Td>
        <Td className="hidden xwide:table-cell" />
      </>
    );
  return (
    <>
      <Td numeric className="text-ink-2 max-wide:hidden">
        {formatDuration(quantiles.p50)}
      </Td>
      <Td numeric className={cn(bad && "font-medium text-failed")}>
        {formatDuration(quantiles.p95)}
      </Td>
      <Td className="hidden xwide:table-cell">
        <LogRange {...quantiles} bad={bad} />
      </Td>
    </>
  );
}
