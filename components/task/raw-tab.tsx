"use client";
import { useMemo } from "react";
import { Panel } from "@/components/ui/data/panel";
import { CopyButton } from "@/components/ui/form/copy-button";
import { printExactly } from "@/components/ui/json/json-model";
import { JsonView } from "@/components/ui/json/json-view";
import type { TaskDetail } from "@/lib/model/task";
import { listJavascriptSnippets } from "@/lib/snippets/javascript";
import type { Snippet } from "@/lib/snippets/snippet";
import { listSqlSnippets } from "@/lib/snippets/sql";
import { listRawTables } from "./raw-rows";

/** The task's rows with the engine's column names, and code that queries them or acts on the task from elsewhere. */
export function RawTab({ detail }: { detail: TaskDetail }) {
  const tables = useMemo(
    () =>
      listRawTables(detail).map(({ table, rows }) => ({ table, rows, text: printExactly(rows) })),
    [detail],
  );
  return (
    <div className="grid items-start gap-3 p-3 wide:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] wide:px-4">
      <div className="flex min-w-0 flex-col gap-3">
        {tables.map(({ table, rows, text }) => (
          <Panel key={table} title={<code className="mono">{table}</code>} note={`${rows.length}`}>
            {rows.length === 0 ? (
              <p className="px-3 py-2 text-ink-3">No rows</p>
            ) : (
              <JsonView text={text} />
            )}
          </Panel>
        ))}
        <p className="text-12 text-ink-3">
          Times have millisecond precision. Large values show only their size; redacted values read
          [redacted n]. The SQL for the rows returns everything.
        </p>
      </div>
      <div className="flex min-w-0 flex-col gap-3">
        <Snippets title="SQL" note="for psql" snippets={listSqlSnippets(detail)} />
        <Snippets title="Client code" note="ES modules" snippets={listJavascriptSnippets(detail)} />
      </div>
    </div>
  );
}

function Snippets({ title, note, snippets }: { title: string; note: string; snippets: Snippet[] }) {
  return (
    <Panel title={title} note={note}>
      <ul>
        {snippets.map((snippet, index) => (
          <li key={snippet.title} className="relative border-line-subtle border-b last:border-b-0">
            <details open={index === 0}>
              <summary className="flex min-h-11 cursor-pointer items-center pr-11 pl-3 wide:min-h-8">
                {snippet.title}
              </summary>
              <pre
                // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
                tabIndex={0}
                className="mono max-h-80 overflow-auto bg-canvas px-3 py-2 leading-[18px]"
              >
                {snippet.text}
              </pre>
            </details>
            <span className="absolute top-1 right-1">
              <CopyButton text={snippet.text} label={`Copy: ${snippet.title}`} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
