"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { cn } from "@/lib/cn";
import { JsonLineRow } from "./json-line-row";
import type { JsonLine } from "./json-model";

type Props = {
  root: unknown;
  lines: readonly JsonLine[];
  onToggle: (path: string) => void;
  query: string;
  /** Index of the line to bring into view. */
  current: number | undefined;
};

/** More lines than this are drawn only where they are in view. */
const VIRTUAL_ABOVE = 200;

/** Short documents are plain lines; long ones a window that draws what it shows. */
export function JsonLines(props: Props) {
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  if (props.lines.length <= VIRTUAL_ABOVE) return <PlainLines {...props} />;
  // A window positions its lines by inline style, which server HTML must not carry.
  return mounted ? <LineWindow {...props} /> : <div className="h-[60vh]" />;
}

const BOX = "overflow-auto py-1.5";

function PlainLines({ root, lines, onToggle, query, current }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const row = current === undefined ? null : box.current?.children[current];
    row?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    <div ref={box} className={BOX}>
      {lines.map((line, index) => (
        <JsonLineRow
          key={line.path}
          root={root}
          line={line}
          number={index + 1}
          onToggle={onToggle}
          query={query}
          current={index === current}
        />
      ))}
    </div>
  );
}

function LineWindow({ root, lines, onToggle, query, current }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => 18,
    overscan: 20,
  });
  const items = virtualizer.getVirtualItems();
  useEffect(() => {
    if (current !== undefined) virtualizer.scrollToIndex(current, { align: "center" });
  }, [current, virtualizer]);
  return (
    <section
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="JSON"
      className={cn(BOX, "h-[60vh] -outline-offset-2")}
    >
      <div
        className="relative"
        // Not from the server: the policy lets no style attribute in.
        style={items.length > 0 ? { height: virtualizer.getTotalSize() } : undefined}
      >
        {items.map((item) => {
          const line = lines[item.index];
          return (
            line && (
              <div
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                className="absolute top-0 left-0 min-w-full"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <JsonLineRow
                  root={root}
                  line={line}
                  number={item.index + 1}
                  onToggle={onToggle}
                  query={query}
                  current={item.index === current}
                />
              </div>
            )
          );
        })}
      </div>
    </section>
  );
}
