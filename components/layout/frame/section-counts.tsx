"use client";
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { useClock } from "@/components/ui/text/clock";
import { formatAge, formatCompact, formatNumber, plural } from "@/lib/format";
import type { Summary } from "@/lib/live/summary";
import { toMs } from "@/lib/model/instants";
import { summaryQuery } from "@/lib/query/fleet";

/** How often the counts are read, in milliseconds. They are hidden when three of these readings are missing. */
const INTERVAL = 30_000;

type SectionCount = { value: number; explanation: string };

const NONE: ReadonlyMap<string, SectionCount> = new Map();
const Counts = createContext(NONE);

/** Reads the counts of the sections in the page's database, for the `SectionCount`s below. */
export function SectionCounts({ children }: { children: ReactNode }) {
  const { data } = useQuery({
    ...summaryQuery(),
    refetchInterval: INTERVAL,
    // The counts are not what the page shows, so its indicator does not depend on them.
    meta: { onDemand: true },
  });
  const age = useClock((now) => {
    if (!data) return 0;
    return Math.max(0, Math.floor((now - toMs(data.now)) / 5_000) * 5_000);
  });
  const counts = data && age < 3 * INTERVAL ? countSections(data, age) : NONE;
  return <Counts value={counts}>{children}</Counts>;
}

/** A section's count, if there is one. The link around it is named by the section alone. */
export function SectionCount({ href }: { href: string }) {
  const count = useContext(Counts).get(href);
  if (!count) return null;
  return (
    <span
      className="ml-auto text-12 text-ink-2 tabular-nums"
      aria-hidden
      data-tip={count.explanation}
    >
      {count.value < 10_000 ? formatNumber(count.value) : `≈ ${formatCompact(count.value)}`}
    </span>
  );
}

/** @param age of the summary, in milliseconds. */
export function countSections(summary: Summary, age: number): Map<string, SectionCount> {
  const { concernsCount, ready, running, sleeping, attempts, unreadable } = summary;
  const missing =
    unreadable > 0 ? ` without ${plural(unreadable, "queue")} that can't be read,` : "";
  const states = `${formatNumber(running)} running, ${formatNumber(sleeping)} sleeping`;
  const failed = attempts?.failed ?? 0;
  const counts: [string, number, string][] = [
    [
      "/",
      concernsCount,
      `${plural(concernsCount, "thing needs", "things need")} attention, ${attempts ? "by the attempts of the last hour" : "attempts not included"}`,
    ],
    ["/tasks", ready, `${plural(ready, "task")} ready, ${states}`],
    ["/failures", failed, `${plural(failed, "failed attempt")} in the last hour`],
  ];
  return new Map(
    counts.flatMap(([href, value, text]) => {
      const explanation = `${text},${missing} as of ${formatAge(age)} ago`;
      return value > 0 ? [[href, { value, explanation }]] : [];
    }),
  );
}
