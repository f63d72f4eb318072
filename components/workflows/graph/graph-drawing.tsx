import { memo } from "react";
import { cn } from "@/lib/cn";
import type { NodeState, NodeStatus } from "@/lib/highway/view/operator-states";
import { formatEdgePath } from "./edge-path";
import { fitText } from "./fit-text";
import type { GraphLayout, PlacedEdge, PlacedGroup, PlacedNode } from "./layout";
import { GraphNodeBox } from "./node";
import { getStateIcon } from "./node-text";

type Props = {
  layout: GraphLayout;
  statuses: ReadonlyMap<string, NodeStatus>;
  now: number;
  selected: string | null;
  onToggle: (path: string) => void;
};

/** Drawing order: groups from outermost to innermost, then edges, then operators. */
export const GraphDrawing = memo(function GraphDrawing({
  layout,
  statuses,
  now,
  selected,
  onToggle,
}: Props) {
  const boxes = layout.nodes.filter((placed) => placed.isGroup);
  const others = layout.nodes.filter((placed) => !placed.isGroup);
  const branches = layout.groups.filter(({ group }) => group.kind === "branch");
  const depths = new Map(layout.groups.map(({ group, depth }) => [group.path, depth]));
  const below = [...boxes, ...branches].sort((a, b) => getDepth(a, depths) - getDepth(b, depths));
  const first = selected ?? layout.nodes[0]?.node.path;
  const draw = (placed: PlacedNode) => {
    const status = statuses.get(placed.node.path);
    const ticks = status?.state === "running" || status?.state === "sleeping";
    return (
      <GraphNodeBox
        key={placed.node.path}
        placed={placed}
        status={status}
        now={ticks ? now : 0}
        selected={placed.node.path === selected}
        focusable={placed.node.path === first}
        onToggle={onToggle}
      />
    );
  };
  return (
    <>
      {below.map((placed) =>
        "group" in placed ? <Branch key={placed.group.path} placed={placed} /> : draw(placed),
      )}
      {layout.edges.map((placed, index) => (
        <Edge
          // biome-ignore lint/suspicious/noArrayIndexKey: edges keep their order, and two may join the same pair
          key={index}
          placed={placed}
          from={statuses.get(placed.edge.from)?.state}
          to={statuses.get(placed.edge.to)?.state}
        />
      ))}
      {others.map(draw)}
    </>
  );
});

function getDepth(placed: PlacedNode | PlacedGroup, depths: ReadonlyMap<string, number>): number {
  return "group" in placed ? placed.depth : (depths.get(placed.node.path) ?? 0);
}

function Branch({ placed: { group, x, y, width, height } }: { placed: PlacedGroup }) {
  return (
    <g transform={`translate(${Math.round(x)} ${Math.round(y)})`}>
      <title>{group.label}</title>
      <rect width={width} height={height} rx={5} className="fill-surface stroke-line" />
      <text x={10} y={18} className="fill-ink-3 text-12">
        {fitText(group.label, width - 20, "words")}
      </text>
    </g>
  );
}

/** Edges that were taken are solid; open edges and edges that were not taken are dashed. */
const Edge = memo(function Edge({
  placed: { edge, points, label },
  from,
  to,
}: {
  placed: PlacedEdge;
  from: NodeState | undefined;
  to: NodeState | undefined;
}) {
  const unknown = from === undefined && to === undefined;
  const taken = unknown || (hasRun(to) && hasRun(from));
  const handler = edge.kind === "failure" || edge.kind === "success";
  return (
    <g>
      <path
        d={formatEdgePath(points)}
        markerEnd={taken ? "url(#workflow-arrow)" : "url(#workflow-arrow-open)"}
        className={cn(
          "fill-none",
          taken ? "stroke-ink-3" : "stroke-line-strong [stroke-dasharray:4_3]",
          handler && taken && edge.kind === "failure" && "stroke-failed-solid",
        )}
      />
      {label && (
        <g transform={`translate(${Math.round(label.x)} ${Math.round(label.y)})`}>
          <title>{edge.label}</title>
          <rect
            x={-label.width / 2}
            y={-9}
            width={label.width}
            height={18}
            rx={9}
            className={cn("fill-surface", taken ? "stroke-ink-3" : "stroke-line-strong")}
          />
          <text y={4} textAnchor="middle" className="fill-ink-2 text-11">
            {label.text}
          </text>
        </g>
      )}
    </g>
  );
});

function hasRun(state: NodeState | undefined): boolean {
  return state !== undefined && state !== "pending" && getStateIcon(state) !== undefined;
}

/** Arrowheads. Rendered once per page. */
export function Arrows() {
  return (
    <defs>
      {[
        ["workflow-arrow", "fill-ink-3"],
        ["workflow-arrow-open", "fill-line-strong"],
      ].map(([id, className]) => (
        <marker
          key={id}
          id={id}
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="8"
          markerHeight="8"
          orient="auto"
          markerUnits="userSpaceOnUse"
        >
          <path d="M0 0.5 8 4 0 7.5Z" className={className} />
        </marker>
      ))}
    </defs>
  );
}
