"use client";
import { type KeyboardEvent, type ReactNode, useEffect, useEffectEvent, useRef } from "react";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { useClock } from "@/components/ui/text/clock";
import { formatNumber, plural } from "@/lib/format";
import type { WorkflowGraph } from "@/lib/highway/graph/graph";
import type { NodeStatus } from "@/lib/highway/view/operator-states";
import { ExportMenu, type Exports } from "./export-menu";
import { Arrows, GraphDrawing } from "./graph-drawing";
import type { GraphLayout, PlacedNode } from "./layout";
import { serializeSvg } from "./save-svg";
import { useLayout } from "./use-layout";
import { useZoom } from "./use-zoom";

/** A workflow's graph or, if none is drawn, a table of its operators with the reason. */
export function GraphPane({
  notDrawn,
  table,
  ...picture
}: PictureProps & { notDrawn: string | null; table: ReactNode }) {
  if (notDrawn === null) return <Picture {...picture} table={table} />;
  return <Listed {...picture} reason={notDrawn} table={table} />;
}

type PictureProps = {
  /** Nodes are in reading order. */
  graph: WorkflowGraph;
  statuses: ReadonlyMap<string, NodeStatus>;
  live: boolean;
  selected: string | null;
  onSelect: (path: string | null) => void;
  /**
   * Selects an operator, or clears the selection if it is already selected. Must be stable, because nodes are memoized.
   */
  onToggle: (path: string) => void;
  exports: Exports;
};

/** The table of operators that replaces the graph. */
function Listed({
  graph,
  statuses,
  exports,
  reason,
  table,
}: PictureProps & { reason: string; table: ReactNode }) {
  return (
    <section
      aria-label="Operators"
      className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface max-wide:max-h-[70dvh]"
    >
      <Header graph={graph} statuses={statuses} title="Operators">
        <ExportMenu exports={exports} />
      </Header>
      <p className="border-b bg-canvas px-3 py-2 text-ink-2 wide:px-4">
        {reason} Its operators are listed here.
      </p>
      {table}
    </section>
  );
}

function Header({
  graph,
  statuses,
  title,
  children,
}: Pick<PictureProps, "graph" | "statuses"> & { title: string; children: ReactNode }) {
  const states = [...statuses.values()].map(({ state }) => state);
  const count = (state: string) => states.filter((one) => one === state).length;
  const [done, skipped] = [count("completed"), count("skipped")];
  return (
    <header className="flex min-h-11 flex-wrap items-center gap-2 border-b px-3 py-1.5 wide:px-4">
      <h2 className="font-semibold max-wide:sr-only">{title}</h2>
      <span className="text-12 text-ink-3">
        {plural(graph.nodes.length, "operator")}
        {done > 0 && `, ${formatNumber(done)} completed`}
        {skipped > 0 && `, ${formatNumber(skipped)} not run`}
      </span>
      <span className="ml-auto flex items-center gap-2">{children}</span>
    </header>
  );
}

const NOTHING: GraphLayout = { width: 0, height: 0, nodes: [], groups: [], edges: [] };

/** The interactive graph: drag to pan, wheel to zoom, click to select. */
function Picture(props: PictureProps & { table: ReactNode }) {
  const { layout, failed } = useLayout(props.graph);
  if (failed) return <Listed {...props} reason="This graph could not be laid out." />;
  return <Drawing {...props} layout={layout ?? NOTHING} isBusy={layout === null} />;
}

function Drawing({
  graph,
  layout,
  isBusy,
  statuses,
  live,
  selected,
  onSelect,
  onToggle,
  exports,
}: PictureProps & { layout: GraphLayout; isBusy: boolean }) {
  const svg = useRef<SVGSVGElement>(null);
  const stage = useRef<SVGGElement>(null);
  const zoom = useZoom(svg, stage, layout, () => findFocus(layout, statuses));
  const now = useClock((at) => (live ? Math.floor(at / 1_000) * 1_000 : 0));
  const reveal = useEffectEvent(() => {
    const placed = layout.nodes.find(({ node }) => node.path === selected);
    if (placed) zoom.reveal({ ...placed, height: Math.min(placed.height, 48) });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection scrolls
  useEffect(() => reveal(), [selected]);

  return (
    <section
      aria-label="Graph"
      aria-busy={isBusy}
      className="flex h-[440px] min-w-0 shrink-0 flex-col wide:h-auto wide:min-h-0 wide:flex-1 wide:shrink"
    >
      <Header graph={graph} statuses={statuses} title="Graph">
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
      </Header>
      <div className="relative flex min-h-0 flex-1 flex-col">
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
        {isBusy && (
          <p
            role="status"
            className="late-in pointer-events-none absolute inset-0 grid place-items-center text-ink-3"
          >
            Laying out the graph…
          </p>
        )}
      </div>
    </section>
  );
}

/** The operator to show first if the graph doesn't fit: a running, sleeping or failed one, otherwise the first. */
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

/** Arrow keys move the selection through the nodes in reading order. */
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
