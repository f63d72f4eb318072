"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { total } from "@/components/charts/stack";
import { WINDOW_WORDS } from "@/components/charts/window-switch";
import { LiveData } from "@/components/layout/live/live-data";
import { Panel } from "@/components/ui/data/panel";
import { Button } from "@/components/ui/form/button";
import { useZone } from "@/components/ui/text/zone";
import type { Throughput } from "@/lib/analytics/overview";
import { formatNumber } from "@/lib/format";
import type { Window } from "@/lib/search-params/windows";
import { Legend } from "./legend";
import { seriesOf } from "./throughput-series";
import { ThroughputTable } from "./throughput-table";

const StackedBars = dynamic(
  () => import("@/components/charts/stacked-bars").then((module) => module.StackedBars),
  { ssr: false, loading: () => <div className="h-[168px]" /> },
);

/** Attempts over time and what became of them, as a chart or as a table. */
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
      title="Throughput"
      note={`attempts begun, ${WINDOW_WORDS[window]}`}
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
      <LiveData query={query} skeleton={<div className="h-[204px]" />}>
        {(data) => (asTable ? <ThroughputTable data={data} /> : <Chart data={data} />)}
      </LiveData>
    </Panel>
  );
}

function Chart({ data }: { data: Throughput }) {
  const zone = useZone();
  const [bucket, setBucket] = useState<number | null>(null);
  const series = seriesOf(data);
  const words = series.map((one) => `${formatNumber(total(one.values))} ${one.name}`).join(", ");
  return (
    <div className="px-3 pt-2 pb-1">
      <Legend series={series} data={data} bucket={bucket} />
      <StackedBars
        series={series}
        from={Date.parse(data.from)}
        step={data.stepSeconds * 1000}
        zone={zone}
        label={`Attempts begun in the ${WINDOW_WORDS[data.window]}: ${words}.`}
        onHover={setBucket}
      />
    </div>
  );
}
