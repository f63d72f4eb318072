"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useEffectEvent, useRef } from "react";
import { Table } from "@/components/ui/data/table";
import { cn } from "@/lib/cn";
import type { GraphNode } from "@/lib/highway/graph/graph";
import { MAX_OPERATORS } from "@/lib/highway/view/picture-limits";

/** Longer tables, which have no graph beside them, only render the rows in view. */
const MAX_RENDERED = MAX_OPERATORS;
/** Row height in pixels. */
const ROW = 32;

type Props = {
  /** Header row. In a long table its widths size the columns. */
  head: ReactNode;
  nodes: readonly GraphNode[];
  selected: string | null;
  /** Cells of an operator. */
  cells: (node: GraphNode) => ReactNode;
};

/** A table with one row per operator. A long one scrolls in its own box. */
export function OperatorRows(props: Props) {
  if (props.nodes.length > MAX_RENDERED) return <LongTable {...props} />;
  return (
    <Table>
      <thead className="bg-canvas">{props.head}</thead>
      <tbody>
        {props.nodes.map((node) => (
          <Row key={node.path} node={node} {...props} />
        ))}
      </tbody>
    </Table>
  );
}

function Row({ node, selected, cells }: Pick<Props, "selected" | "cells"> & { node: GraphNode }) {
  return (
    <tr className={cn("hover:bg-hover", node.path === selected && "bg-accent-soft")}>
      {cells(node)}
    </tr>
  );
}

function LongTable({ head, nodes, selected, cells }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    getItemKey: (index) => nodes[index]?.path ?? index,
    overscan: 12,
  });
  const reveal = useEffectEvent(() => {
    const at = nodes.findIndex(({ path }) => path === selected);
    if (at >= 0) virtualizer.scrollToIndex(at, { align: "auto" });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection scrolls
  useEffect(() => reveal(), [selected]);
  const items = virtualizer.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <section
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
      tabIndex={0}
      aria-label="Operators"
      className="max-h-[70dvh] min-h-40 flex-1 overflow-auto -outline-offset-2 wide:max-h-none"
    >
      <table aria-rowcount={nodes.length + 1} className="w-full min-w-224 table-fixed text-left">
        <thead className="sticky top-0 z-1 bg-canvas">{head}</thead>
        <tbody>
          <Gap height={above} />
          {items.map(({ index }) => {
            const node = nodes[index];
            return node && <Row key={node.path} node={node} selected={selected} cells={cells} />;
          })}
          <Gap height={below} />
        </tbody>
      </table>
    </section>
  );
}

/** The space of rows that aren't rendered. Its cell must not span more columns than exist, or narrow ones are added. */
function Gap({ height }: { height: number }) {
  return (
    height > 0 && (
      <tr aria-hidden>
        <td style={{ height }} />
      </tr>
    )
  );
}
