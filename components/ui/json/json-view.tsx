"use client";
import { useState } from "react";
import { formatBytes } from "@/lib/format";
import { ScrollBox } from "../data/scroll-box";
import { CopyButton } from "../form/copy-button";
import { Icon } from "../icons/icon";
import { JsonLines } from "./json-lines";
import { findLines, listLines, listPathsBelow, parseExactly, printExactly } from "./json-model";

/** Documents with more lines are initially folded below their first level. */
const FOLD_ABOVE = 400;
/** Longer texts aren't parsed; only their first characters are shown. */
const PARSE_LIMIT = 5_000_000;
const RAW_LIMIT = 20_000;

/** A read-only JSON document with exact numbers, folding, search, and copying of values and paths. */
export function JsonView({ text }: { text: string }) {
  const parsed = text.length > PARSE_LIMIT ? undefined : parseExactly(text);
  if (!parsed) return <RawText text={text} />;
  return <Document root={parsed.value} />;
}

function Document({ root }: { root: unknown }) {
  const all = listLines(root, new Set());
  const [folded, setFolded] = useState<ReadonlySet<string>>(
    () => new Set(all.length > FOLD_ABOVE ? listPathsBelow(root, 1) : []),
  );
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const lines = query || folded.size === 0 ? all : listLines(root, folded);
  const hits = findLines(lines, query);
  const nests = all.some((line) => line.kind === "open" && line.depth > 0);

  const toggle = (path: string) => {
    const next = new Set(folded);
    if (!next.delete(path)) next.add(path);
    setFolded(next);
  };
  return (
    <div className="min-w-0">
      {all.length > 8 && (
        <div className="flex flex-wrap items-center gap-1 border-line-subtle border-b px-3 py-1">
          <JsonSearch
            query={query}
            onQuery={(next) => {
              setQuery(next);
              setAt(0);
            }}
            at={at}
            count={hits.length}
            onMove={setAt}
          />
          <span className="ml-auto flex items-center">
            {nests && (
              <FoldButton
                folded={folded.size > 0}
                onClick={() => setFolded(new Set(folded.size > 0 ? [] : listPathsBelow(root, 1)))}
              />
            )}
            <CopyButton text={() => printExactly(root)} label="Copy all" />
          </span>
        </div>
      )}
      <JsonLines root={root} lines={lines} onToggle={toggle} query={query} current={hits[at]} />
    </div>
  );
}

function FoldButton({ folded, onClick }: { folded: boolean; onClick: () => void }) {
  const label = folded ? "Unfold all" : "Fold all";
  return (
    <button
      type="button"
      aria-label={label}
      data-tip={label}
      onClick={onClick}
      className="grid size-9 place-items-center rounded-1 text-ink-3 hover:bg-active hover:text-ink wide:size-6"
    >
      <Icon name={folded ? "chevrons-up-down" : "chevrons-down-up"} size={14} />
    </button>
  );
}

function RawText({ text }: { text: string }) {
  const rest = text.length - RAW_LIMIT;
  return (
    <div>
      <ScrollBox className="max-h-96 overflow-auto">
        <pre className="mono whitespace-pre-wrap break-all px-3 py-2 leading-[18px]">
          {text.slice(0, RAW_LIMIT)}
        </pre>
      </ScrollBox>
      {rest > 0 && (
        <p className="border-line-subtle border-t px-3 py-1.5 text-12 text-ink-3">
          Only the beginning is shown; {formatBytes(rest)} are left out. Download it to see all.
        </p>
      )}
    </div>
  );
}

/** Search in one document. Enter moves to the next match, Shift-Enter to the previous one. */
function JsonSearch({
  query,
  onQuery,
  at,
  count,
  onMove,
}: {
  query: string;
  onQuery: (query: string) => void;
  at: number;
  count: number;
  onMove: (at: number) => void;
}) {
  return (
    <>
      <Icon name="search" size={14} className="text-ink-3" />
      <input
        type="search"
        aria-label="Find in this value"
        placeholder="Find a key or value"
        value={query}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || count === 0) return;
          onMove((at + (event.shiftKey ? count - 1 : 1)) % count);
        }}
        className="h-9 min-w-0 flex-1 bg-transparent px-1 text-12 outline-offset-0 wide:h-6"
      />
      <span aria-live="polite" className="text-12 text-ink-3">
        {query && (count === 0 ? "no matches" : `${at + 1} of ${count}`)}
      </span>
    </>
  );
}
