"use client";
import { type KeyboardEvent, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { useClock } from "@/components/ui/text/clock";
import { plural } from "@/lib/format";
import type { WorkflowGraph } from "@/lib/highway/graph/graph";
import type { NodeStatus } from "@/lib/highway/view/operator-states";
import { ExportMenu, type Exports } from "./export-menu";
import { Arrows, GraphDrawing } from "./graph-drawing";
import { type GraphLayout, layoutGraph, type PlacedNode } from "./layout";
import { forgetWidths } from "./measure-text";
import { listInReadingOrder } from "./reading-order";
import { serializeSvg } from "./save-svg";
import { useZoom } from "./use-zoom";

/** The graph of a workflow with the live state of its operators: drag to pan, wheel to zoom, click to select. */
export function GraphPane({
  graph,
  statuses,
  live,
  selected,
  onSelect,
  onToggle,
  exports,
}: {
  graph: WorkflowGraph;
  statuses: ReadonlyMap<string, NodeStatus>;
  live: boolean;
  selected: string | null;
  onSelect: (path: string | null) => void;
  /** Selects an operator, or clears the selection if it is selected. Must be stable, because nodes are memoized. */
  onToggle: (path: string) => void;
  exports: Exports;
}) {
  const svg = useRef<SVGSVGElement>(null);
  const fonts = useFontVersion();
  // biome-ignore lint/correctness/useExhaustiveDependencies: text widths change once fonts have loaded
  const layout = useMemo(
    () => layoutGraph({ ...graph, nodes: listInReadingOrder(graph) }),
    [graph, fonts],
  );
  const stage = useRef<SVGGElement>(null);
  const zoom = useZoom(svg, stage, layout, () => findFocus(layout, statuses));
  const now = useClock((at) => (live ? Math.floor(at / 1_000) * 1_000 : 0));
  const reveal = useEffectEvent(() => {
    const placed = layout.nodes.find(({ node }) => node.path === selected);
    if (placed) zoom.reveal({ ...placed, height: Math.min(placed.height, 48) });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection scrolls
  useEffect(() => reveal(), [selected]);

  const done = [...statuses.values()].filter((status) => status.state === "completed").length;
  const skipped = [...statuses.values()].filter((status) => status.state === "skipped").length;
  return (
    <section
      aria-label="Graph"
      className="flex h-[440px] min-w-0 shrink-0 flex-col wide:h-auto wide:min-h-0 wide:flex-1 wide:shrink"
    >
      <header className="flex min-h-11 flex-wrap items-center gap-2 border-b px-3 py-1.5 wide:px-4">
        <h2 className="font-semibold max-wide:sr-only">Graph</h2>
        <span className="text-12 text-ink-3">
          {plural(graph.nodes.length, "operator")}
          {done > 0 && `, ${done} completed`}
          {skipped > 0 && `, ${skipped} not run`}
        </span>
        <span className="ml-auto flex items-center gap-2">
          <span className="flex">
            <Button
              size="square"
              aria-label="Zoom out"
              className="rounded-r-none"
              onClick={() => zoom.by(1 / 1.3)}
            >
              <Icon name="minus" size={14} />
            </Button>
            <output className="-ml-px hidden h-7 w-14 items-center justify-center border border-line-strong bg-surface text-12 shadow-1 wide:inline-flex">
              {zoom.percent} %
            </output>
            <Button
              size="square"
              aria-label="Zoom in"
              className="-ml-px rounded-l-none"
              onClick={() => zoom.by(1.3)}
            >
              <Icon name="plus" size={14} />
            </Button>
          </span>
          <Button onClick={zoom.showAll}>
            <Icon name="maximize" size={14} />
            <span className="max-wide:sr-only">Fit</span>
          </Button>
          <ExportMenu
            exports={exports}
            svg={() => (svg.current ? serializeSvg(svg.current, layout) : "")}
          />
        </span>
      </header>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot contain SVG content */}
      <svg
        ref={svg}
        role="group"
        aria-label="Operators of the workflow"
        className="min-h-0 w-full flex-1 cursor-grab touch-pan-y select-none bg-canvas active:cursor-grabbing"
        onKeyDown={(event) =>
          moveFocus(
            event,
            layout.nodes.map(({ node }) => node.path),
            onSelect,
          )
        }
      >
        <Arrows />
        <g ref={stage} data-picture>
          <GraphDrawing
            layout={layout}
            statuses={statuses}
            now={now}
            selected={selected}
            onToggle={onToggle}
          />
        </g>
      </svg>
    </section>
  );
}

/** The operator that is in view first if the graph does not fit: running, sleeping or failed, else the first. */
function findFocus(
  { nodes }: GraphLayout,
  statuses: ReadonlyMap<string, NodeStatus>,
): PlacedNode | undefined {
  for (const state of ["running", "sleeping", "failed"]) {
    const found = nodes.find(
      ({ node, isGroup }) => !isGroup && statuses.get(node.path)?.state === state,
    );
    if (found) return found;
  }
  return nodes[0];
}

/** Arrow keys move the selection in reading order. */
function moveFocus(
  event: KeyboardEvent<SVGSVGElement>,
  paths: string[],
  onSelect: (path: string | null) => void,
) {
  if (event.key === "Escape") return onSelect(null);
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const from = (event.target as Element).closest("[data-node]")?.getAttribute("data-node");
  if (!step || from == null) return;
  event.preventDefault();
  const next = paths[paths.indexOf(from) + step];
  if (next === undefined) return;
  onSelect(next);
  const nodes = event.currentTarget.querySelectorAll<SVGGElement>("[data-node]");
  [...nodes].find((node) => node.getAttribute("data-node") === next)?.focus();
}

/** A number that changes whenever fonts have loaded, after which texts have other widths. */
function useFontVersion(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const { fonts } = document;
    const update = () => {
      forgetWidths();
      setVersion((count) => count + 1);
    };
    if (fonts.status === "loading") fonts.ready.then(update);
    fonts.addEventListener("loadingdone", update);
    return () => fonts.removeEventListener("loadingdone", update);
  }, []);
  return version;
}
