"use client";
import { type Series, total } from "@/components/charts/stack";
import { useZone } from "@/components/ui/text/zone";
import type { Throughput } from "@/lib/analytics/overview";
import { cn } from "@/lib/cn";
import { formatInstant, formatNumber } from "@/lib/format";
import { bucketStart } from "./throughput-series";

/** What the colours mean, with the sums of the window, or of the bucket under the pointer. */
export function Legend({
  series,
  data,
  bucket,
}: {
  series: readonly Series[];
  data: Throughput;
  bucket: number | null;
}) {
  const zone = useZone();
  return (
    <p className="flex h-5 flex-wrap items-center gap-x-3 overflow-hidden text-12 text-ink-3">
      {series.map((one) => (
        <span key={one.name} className="flex items-center gap-1.5">
          <span aria-hidden className={cn("size-2 rounded-[2px] bg-current", one.color)} />
          {one.name}
          <strong className="font-semibold text-ink">
            {formatNumber(bucket === null ? total(one.values) : (one.values[bucket] ?? 0))}
          </strong>
        </span>
      ))}
      {bucket !== null && (
        <span className="ml-auto">
          from {formatInstant(bucketStart(data, bucket), zone).slice(5, 16)}
        </span>
      )}
    </p>
  );
}
