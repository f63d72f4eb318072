"use client";
import { useState } from "react";
import { formatBytes } from "@/lib/format";
import { CopyButton } from "../form/copy-button";
import { Icon } from "../icons/icon";
import { JsonLines } from "./json-lines";
import { findLines, linesOf, parseExactly, pathsBelow, printExactly } from "./json-model";
import { JsonSearch } from "./json-search";

/** Documents with more lines arrive folded below their first level. */
const FOLD_ABOVE = 400;
/** Longer texts are not parsed in the page: their beginning is shown as it is. */
const PARSE_LIMIT = 5_000_000;
const RAW_LIMIT = 20_000;

/** A JSON document, read-only: exact numbers, folding, search, copying of values and paths. Nothing in it is markup. */
export function JsonView({ text }: { text: string }) {
  const parsed = text.length > PARSE_LIMIT ? undefined : parseExactly(text);
  if (!parsed) return <RawText text={text} />;
  return <Document root={parsed.value} />;
}

function Document({ root }: { root: unknown }) {
  const all = linesOf(root, new Set());
  const [folded, setFolded] = useState<ReadonlySet<string>>(
    () => new Set(all.length > FOLD_ABOVE ? pathsBelow(root, 1) : []),
  );
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const lines = query || folded.size === 0 ? all : linesOf(root, folded);
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
                onClick={() => setFolded(new Set(folded.size > 0 ? [] : pathsBelow(root, 1)))}
              />
            )}
            <CopyButton text={() => printExactly(root)} label="Copy all of it" />
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
      title={label}
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
      <pre className="mono max-h-96 overflow-auto whitespace-pre-wrap break-all px-3 py-2 leading-[18px]">
        {text.slice(0, RAW_LIMIT)}
      </pre>
      {rest > 0 && (
        <p className="border-line-subtle border-t px-3 py-1.5 text-12 text-ink-3">
          The beginning of it as it is; {formatBytes(rest)} more are not shown. Download it to see
          everything.
        </p>
      )}
    </div>
  );
}
