"use client";
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useWidth } from "@/components/timeline/axis/use-width";
import { cn } from "@/lib/cn";
import { formatCompact, formatInstant } from "@/lib/format";
import { toInstant } from "@/lib/model/instants";
import { cumulate, type Series } from "./stack";

export type StackedBarsProps = {
  /** Bottom to top. */
  series: readonly Series[];
  /** Start of the first bucket, and the width of each; in milliseconds. */
  from: number;
  step: number;
  zone: string;
  /** One sentence about the chart for screen readers. */
  label: string;
  onHover: (bucket: number | null) => void;
};

/** Minimum height in pixels; the chart fills its box. */
const CHART_HEIGHT = 168;

/** Counts over time as stacked bars on a canvas. Show a table of the same numbers beside it. */
export function StackedBars({ series, from, step, zone, label, onHover }: StackedBarsProps) {
  const [box, width, element] = useWidth();
  const height = useHeight(element);
  const colors = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const data = toData(series, from, step);
  const hover = useEffectEvent(onHover);
  const getData = useEffectEvent(() => data);
  const shape = `${series.length} ${step} ${zone} ${series[0]?.values.length}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new shape needs a new chart
  useEffect(() => {
    if (!element || width === 0 || height === 0) return;
    const color = (name: string) => resolveColor(colors.current, name);
    const chart = new uPlot(
      options({ width, height, step, zone, series, color, onHover: (at) => hover(at) }),
      getData(),
      element,
    );
    plot.current = chart;
    const unwatch = watchTheme(() => chart.redraw(false));
    return () => {
      unwatch();
      chart.destroy();
      plot.current = null;
    };
  }, [width, height, shape]);

  const values = JSON.stringify(data);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the values tell whether the data changed
  useEffect(() => plot.current?.setData(getData()), [values]);

  return (
    <div role="img" aria-label={label} className="relative min-h-[168px] flex-1">
      <div ref={box} className="absolute inset-0 overflow-hidden" />
      <div ref={colors} hidden>
        {/* Forced colours would make all series equal. */}
        {series.map(({ color }) => (
          <span key={color} data-color={color} className={cn("forced-color-adjust-none", color)} />
        ))}
        {["text-ink-3", "text-chart-grid"].map((name) => (
          <span key={name} data-color={name} className={name} />
        ))}
      </div>
    </div>
  );
}

/** The height of an element in whole pixels; 0 until measured. */
function useHeight(element: HTMLElement | null): number {
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    if (!element) return;
    const measure = () => setHeight(Math.floor(element.getBoundingClientRect().height));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return height;
}

/** Totals come first, because each series is drawn over the one that includes it. Bars are centred on their bucket. */
function toData(series: readonly Series[], from: number, step: number): uPlot.AlignedData {
  const times = (series[0]?.values ?? []).map((_, index) => (from + (index + 0.5) * step) / 1000);
  return [times, ...cumulate(series.map((one) => one.values)).reverse()];
}

type ChartOptions = Pick<StackedBarsProps, "series" | "step" | "zone"> & {
  width: number;
  height: number;
  color: (name: string) => string;
  onHover: (bucket: number | null) => void;
};

function options({
  width,
  height,
  step,
  zone,
  series,
  color,
  onHover,
}: ChartOptions): uPlot.Options {
  const bars = uPlot.paths.bars?.({ size: [0.84, 40], align: 0 });
  const axis = {
    stroke: () => color("text-ink-3"),
    font: "11px Geist, system-ui, sans-serif",
    ticks: { show: false },
  };
  return {
    width,
    height: Math.max(height, CHART_HEIGHT),
    // Right: half the width of a tick label, which may extend past the last bar.
    padding: [12, 16, 0, 0],
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: (_, min, max) => [min - step / 2000, max + step / 2000] },
      y: { range: (_, __, max) => [0, Math.max(max, 1)] },
    },
    series: [
      {},
      ...series.toReversed().map((one) => ({
        fill: () => color(one.color),
        width: 0,
        points: { show: false },
        ...(bars && { paths: bars }),
      })),
    ],
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        space: 72,
        values: (_, ticks) => ticks.map((tick) => formatTick(tick, step, zone)),
      },
      {
        ...axis,
        size: 44,
        space: 36,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7],
        grid: { stroke: () => color("text-chart-grid"), width: 1 },
        values: (_, ticks) => ticks.map(formatCompact),
      },
    ],
    hooks: { setCursor: [(chart) => onHover(chart.cursor.idx ?? null)] },
  };
}

/** The date at midnight if buckets are longer than an hour, else the time of day. */
function formatTick(seconds: number, step: number, zone: string): string {
  const at = formatInstant(toInstant(seconds * 1000), zone);
  return step > 3_600_000 && at.slice(11, 16) === "00:00" ? at.slice(5, 10) : at.slice(11, 16);
}

/** The colour of a class in the current theme, because a canvas can't use CSS variables. */
function resolveColor(colors: HTMLElement | null, name: string): string {
  const sample = colors?.querySelector(`[data-color="${name}"]`);
  return sample ? getComputedStyle(sample).color : "gray";
}

function watchTheme(onChange: () => void): () => void {
  const system = [
    matchMedia("(prefers-color-scheme: dark)"),
    matchMedia("(forced-colors: active)"),
  ];
  const chosen = new MutationObserver(onChange);
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  for (const query of system) query.addEventListener("change", onChange);
  return () => {
    chosen.disconnect();
    for (const query of system) query.removeEventListener("change", onChange);
  };
}
