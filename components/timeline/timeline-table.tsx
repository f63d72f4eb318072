"use client";
import type { ReactNode } from "react";
import { ScrollBox } from "@/components/ui/data/scroll-box";
import { useZone } from "@/components/ui/text/zone";
import { formatDuration, formatInstant, formatNumber } from "@/lib/format";
import { toInstant } from "@/lib/model/instants";
import { labelStep } from "@/lib/timeline/labels";
import type { Timeline } from "@/lib/timeline/model";
import { listTableRows, type TimelineRow } from "@/lib/timeline/table-rows";

/** Row limit of the table; the waterfall has none. */
const MAX_ROWS = 1_000;

/** The timeline as a table, for screen readers and for copying. */
export function TimelineTable({ timeline }: { timeline: Timeline }) {
  const lines = listTableRows(timeline).map((row) => ({
    ...row,
    name: row.subject && labelStep(row.subject),
  }));
  return <LineTable lines={lines} />;
}

/**
 * A row with the content of its name cell, and of a leading cell if rows belong to several tasks. A row that belongs to
 * no task has no attempt.
 */
export type TableLine = Omit<TimelineRow, "attempt"> & {
  attempt: number | null;
  name: ReactNode;
  before?: ReactNode;
};

/** Rows of one task, or of several with a leading column headed `before`. */
export function LineTable({ lines, before }: { lines: readonly TableLine[]; before?: string }) {
  const zone = useZone();
  const clock = (at: number) => formatInstant(toInstant(at), zone);
  return (
    <ScrollBox className="overflow-x-auto">
      <table className="w-full text-left">
        <thead>
          <tr className="h-7 whitespace-nowrap border-b text-12 text-ink-3">
            {before && <Head>{before}</Head>}
            <Head>Attempt</Head>
            <Head>What</Head>
            <Head>Name</Head>
            <Head>From</Head>
            <Head>To</Head>
            <Head>Duration</Head>
            <Head>Certainty</Head>
          </tr>
        </thead>
        <tbody>
          {lines.slice(0, MAX_ROWS).map((row) => (
            <tr key={row.id} className="h-7 border-line-subtle border-b align-top hover:bg-hover">
              {before && (
                <td className="whitespace-nowrap py-1 pr-2 pl-3 text-ink-2 max-wide:max-w-28 max-wide:truncate wide:pl-4">
                  {row.before}
                </td>
              )}
              <Cell>{row.attempt ?? "–"}</Cell>
              <Cell>{row.what}</Cell>
              <td className="mono max-w-md break-words px-2 py-1">{row.name}</td>
              <Cell>{clock(row.from)}</Cell>
              <Cell>{row.to === null ? "∞" : clock(row.to)}</Cell>
              <Cell>{row.to === null ? "∞" : formatDuration(row.to - row.from)}</Cell>
              <Cell>{row.note ?? "recorded"}</Cell>
            </tr>
          ))}
        </tbody>
      </table>
      {lines.length > MAX_ROWS && (
        <p className="px-4 py-2 text-12 text-ink-3">
          Showing the first {formatNumber(MAX_ROWS)} of {formatNumber(lines.length)} rows.
        </p>
      )}
    </ScrollBox>
  );
}

function Head({ children }: { children: string }) {
  return <th className="px-2 font-medium first:pl-3 wide:first:pl-4">{children}</th>;
}

function Cell({ children }: { children: ReactNode }) {
  return (
    <td className="whitespace-nowrap px-2 py-1 text-ink-2 first:pl-3 wide:first:pl-4">
      {children}
    </td>
  );
}
