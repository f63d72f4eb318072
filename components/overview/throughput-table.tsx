"use client";
import { Table, Td, Th } from "@/components/ui/data/table";
import { NumberText } from "@/components/ui/text/count";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import type { Throughput } from "@/lib/analytics/overview";
import { bucketStart, seriesOf } from "./throughput-series";

/** The chart's figures, the newest first. */
export function ThroughputTable({ data }: { data: Throughput }) {
  const [failed, completed, running] = seriesOf(data).map((one) => one.values);
  const buckets = (failed ?? []).map((_, bucket) => bucket).reverse();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label="Throughput as a table" tabIndex={0} className="h-[204px] overflow-auto">
      <Table>
        <thead className="sticky top-0 bg-canvas">
          <tr>
            <Th>From</Th>
            <Th numeric>Completed</Th>
            <Th numeric>Failed</Th>
            <Th numeric>Running</Th>
          </tr>
        </thead>
        <tbody>
          {buckets.map((bucket) => (
            <tr key={bucket}>
              <Td>
                <AbsoluteTime iso={bucketStart(data, bucket)} toMinute />
              </Td>
              <Td numeric>
                <NumberText value={completed?.[bucket] ?? 0} />
              </Td>
              <Td numeric>
                <NumberText value={failed?.[bucket] ?? 0} tone="bad" />
              </Td>
              <Td numeric>
                <NumberText value={running?.[bucket] ?? 0} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}
