"use client";
import { useState } from "react";
import { cn } from "@/lib/cn";
import { formatNumber } from "@/lib/format";
import { CopyButton } from "../form/copy-button";
import { Icon } from "../icons/icon";
import { RelativeTime } from "../text/relative-time";
import { type JsonLine, printExactly, valueAt } from "./json-model";

const COLORS: Record<JsonLine["kind"], string> = {
  string: "text-accent-text",
  number: "text-json-number",
  word: "text-json-number",
  open: "text-ink-3",
  close: "text-ink-3",
  empty: "text-ink-3",
  folded: "text-ink-3",
};

const MASK = /^"\[redacted \d+\]"$/;
const LONG = 240;
const INSTANT = /^"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)"$/;

type Props = {
  root: unknown;
  line: JsonLine;
  number: number;
  onToggle: (path: string) => void;
  query: string;
  current: boolean;
};

/** One line: number, fold, key, value, and on hover or focus what can be copied. */
export function JsonLineRow({ root, line, number, onToggle, query, current }: Props) {
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
      <span className="min-w-0 whitespace-pre max-wide:whitespace-pre-wrap max-wide:break-all">
        {line.key !== null && (
          <>
            <Marked text={JSON.stringify(line.key)} query={query} />
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
    const found = valueAt(root, path);
    return typeof found === "string" ? found : printExactly(found);
  };
  return (
    <>
      <CopyButton text={value} label="Copy value" />
      {path && <CopyButton text={path} label={`Copy path ${path}`} />}
    </>
  );
}

/** Spaces, so that copied text keeps its shape. Deep documents stop moving right at some point. */
function Indent({ depth }: { depth: number }) {
  return (
    <span className="shrink-0 whitespace-pre pl-1">{"  ".repeat(Math.min(depth, 40) + 1)}</span>
  );
}

function Value({ line, query }: { line: JsonLine; query: string }) {
  const [whole, setWhole] = useState(false);
  const long = line.text.length > LONG;
  return (
    <span
      className={cn(
        MASK.test(line.text) ? "rounded-1 bg-active px-1 text-ink-2" : COLORS[line.kind],
        whole && "whitespace-pre-wrap break-all",
      )}
    >
      <Marked text={long && !whole ? line.text.slice(0, LONG) : line.text} query={query} />
      {long && (
        <button
          type="button"
          onClick={() => setWhole(!whole)}
          className="ml-1 rounded-1 bg-active px-1 font-sans text-ink-2 hover:text-ink"
        >
          {whole ? "less" : `… ${formatNumber(line.text.length - LONG)} more characters`}
        </button>
      )}
    </span>
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
