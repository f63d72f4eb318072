"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { type Series, total } from "@/components/charts/stack";
import { LiveData } from "@/components/layout/live/live-data";
import { useWindowRefresh } from "@/components/layout/window/use-window";
import { WINDOW_WORDS } from "@/components/layout/window/window-switch";
import { Panel } from "@/components/ui/data/panel";
import { Table, Td, Th } from "@/components/ui/data/table";
import { lazyPart } from "@/components/ui/feedback/lazy";
import { Button } from "@/components/ui/form/button";
import { NumberText } from "@/components/ui/text/count";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import { useZone } from "@/components/ui/text/zone";
import type { Throughput } from "@/lib/analytics/overview";
import { cn } from "@/lib/cn";
import { formatInstant, formatNumber } from "@/lib/format";
import { toMs } from "@/lib/model/instants";
import type { Window } from "@/lib/search-params/windows";
import { bucketStart, toSeries } from "./throughput-series";

const StackedBars = lazyPart(
  () => import("@/components/charts/stacked-bars").then((module) => module.StackedBars),
  { browserOnly: true, skeleton: <div className="h-[168px]" /> },
);

/** Attempts over time by outcome, as a chart or a table. */
export function ThroughputPanel({
  query,
  window,
}: {
  query: UseQueryResult<Throughput>;
  window: Window;
}) {
  const [asTable, setAsTable] = useState(false);
  return (
    <Panel
      className="flex flex-col"
      title="Throughput"
      note={`attempts started, ${WINDOW_WORDS[window]}`}
      aside={
        <Button
          variant="ghost"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
          className="-my-1 wide:h-6"
        >
          {asTable ? "Chart" : "Table"}
        </Button>
      }
    >
      <LiveData
        query={query}
        every={useWindowRefresh(window)}
        skeleton={<div className="h-[204px]" />}
      >
        {(data) => (asTable ? <ThroughputTable data={data} /> : <Chart data={data} />)}
      </LiveData>
    </Panel>
  );
}

function Chart({ data }: { data: Throughput }) {
  const zone = useZone();
  const [bucket, setBucket] = useState<number | null>(null);
  const series = toSeries(data);
  const words = series.map((one) => `${formatNumber(total(one.values))} ${one.name}`).join(", ");
  return (
    <div className="flex flex-1 flex-col px-3 pt-2 pb-1">
      <Legend series={series} data={data} bucket={bucket} />
      <StackedBars
        series={series}
        from={toMs(data.from)}
        step={data.stepSeconds * 1000}
        zone={zone}
        label={`Attempts started in the ${WINDOW_WORDS[data.window]}: ${words}.`}
        onHover={setBucket}
      />
    </div>
  );
}

/** Colours, with the totals of the time range or of the hovered bucket. */
function Legend({
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
          <span
            aria-hidden
            className={cn("size-2 rounded-[2px] bg-current forced-color-adjust-none", one.color)}
          />
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

/** The chart's data as a table, newest first. */
function ThroughputTable({ data }: { data: Throughput }) {
  const [failed, completed, running] = toSeries(data).map((one) => one.values);
  const buckets = (failed ?? []).map((_, bucket) => bucket).reverse();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
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
