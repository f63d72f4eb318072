"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { cn } from "@/lib/cn";
import { formatNumber } from "@/lib/format";
import { CopyButton } from "../form/copy-button";
import { Icon } from "../icons/icon";
import { RelativeTime } from "../text/relative-time";
import { getValueAt, type JsonLine, printExactly, printString } from "./json-model";

type Props = {
  root: unknown;
  lines: readonly JsonLine[];
  onToggle: (path: string) => void;
  query: string;
  /** Index of the line to scroll into view. */
  current: number | undefined;
};

/** Longer documents only render the lines in view. */
const VIRTUAL_ABOVE = 200;

/** The lines of a document; long documents are virtualized. */
export function JsonLines(props: Props) {
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  if (props.lines.length <= VIRTUAL_ABOVE) return <PlainLines {...props} />;
  // Virtualized lines are positioned with inline styles, which the CSP forbids in server-rendered HTML.
  return mounted ? <VirtualLines {...props} /> : <div className="h-[60vh]" />;
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

function VirtualLines({ root, lines, onToggle, query, current }: Props) {
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
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
      tabIndex={0}
      aria-label="JSON"
      className={cn(BOX, "h-[60vh] -outline-offset-2")}
    >
      <div
        className="relative"
        // Only in the browser: the CSP forbids style attributes in server-rendered HTML.
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

const COLORS: Record<JsonLine["kind"], string> = {
  string: "text-accent-text",
  number: "text-json-number",
  word: "text-json-number",
  open: "text-ink-3",
  close: "text-ink-3",
  empty: "text-ink-3",
  folded: "text-ink-3",
};

const REDACTED = /^"\[redacted \d+\]"$/;
const MAX_TEXT = 240;
const INSTANT = /^"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)"$/;

type RowProps = {
  root: unknown;
  line: JsonLine;
  number: number;
  onToggle: (path: string) => void;
  query: string;
  current: boolean;
};

/** One line: number, fold button, key, value, and copy buttons on hover or focus. */
function JsonLineRow({ root, line, number, onToggle, query, current }: RowProps) {
  const folds = line.kind === "open" || line.kind === "folded";
  return (
    <div
      className={cn(
        "group mono relative flex min-w-full pr-3 hover:bg-hover",
        folds ? "leading-6" : "leading-[18px]",
        current && "bg-accent-soft",
      )}
    >
      <span aria-hidden className="w-9 shrink-0 select-none pr-3 text-right text-ink-3">
        {number}
      </span>
      <Indent depth={line.depth} />
      {folds && (
        <button
          type="button"
          aria-label={line.kind === "folded" ? "Unfold" : "Fold"}
          aria-expanded={line.kind === "open"}
          onClick={() => onToggle(line.path)}
          className="-ml-6 grid size-6 shrink-0 items-center justify-items-end rounded-1 text-ink-3 hover:text-ink"
        >
          <Icon
            name={line.kind !== "folded" ? "chevron-down" : "chevron-right"}
            size={12}
            strokeWidth={2}
          />
        </button>
      )}
      {/* Key, colon and value keep their order in any script. */}
      <span
        dir="ltr"
        className="min-w-0 whitespace-pre max-wide:whitespace-pre-wrap max-wide:break-all"
      >
        {line.key !== null && (
          <>
            <bdi>
              <Marked text={printString(line.key)} query={query} />
            </bdi>
            <span className="text-ink-3">: </span>
          </>
        )}
        <Value line={line} query={query} />
        {line.comma && <span className="text-ink-3">,</span>}
        {line.kind === "string" && INSTANT.test(line.text) && (
          <span className="ml-3 font-sans text-ink-3">
            <RelativeTime iso={line.text.slice(1, -1)} />
          </span>
        )}
      </span>
      {line.kind !== "close" && (
        <span className="sticky right-2 ml-2 hidden h-[18px] items-center bg-raised group-focus-within:flex group-hover:flex">
          <CopyValue root={root} path={line.path} />
        </span>
      )}
    </div>
  );
}

function CopyValue({ root, path }: { root: unknown; path: string }) {
  const value = () => {
    const found = getValueAt(root, path);
    return typeof found === "string" ? found : printExactly(found);
  };
  return (
    <>
      <CopyButton text={value} label="Copy value" />
      {path && <CopyButton text={path} label={`Copy path ${path}`} />}
    </>
  );
}

/** Spaces, so that copied text keeps its indentation, for at most 40 levels. */
function Indent({ depth }: { depth: number }) {
  return (
    <span className="shrink-0 whitespace-pre pl-1">{"  ".repeat(Math.min(depth, 40) + 1)}</span>
  );
}

function Value({ line, query }: { line: JsonLine; query: string }) {
  const [whole, setWhole] = useState(false);
  const long = line.text.length > MAX_TEXT;
  return (
    <bdi
      className={cn(
        REDACTED.test(line.text) ? "rounded-1 bg-active px-1 text-ink-2" : COLORS[line.kind],
        whole && "whitespace-pre-wrap break-all",
      )}
    >
      <Marked text={long && !whole ? line.text.slice(0, MAX_TEXT) : line.text} query={query} />
      {long && (
        <button
          type="button"
          onClick={() => setWhole(!whole)}
          className="ml-1 rounded-1 bg-active px-1 font-sans text-ink-2 hover:text-ink"
        >
          {whole ? "less" : `… ${formatNumber(line.text.length - MAX_TEXT)} more characters`}
        </button>
      )}
    </bdi>
  );
}

function Marked({ text, query }: { text: string; query: string }) {
  const at = query ? text.toLowerCase().indexOf(query.toLowerCase()) : -1;
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark className="bg-pending-soft text-inherit">{text.slice(at, at + query.length)}</mark>
      {text.slice(at + query.length)}
    </>
  );
}
