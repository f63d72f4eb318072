"use client";
"use no memo";
import { useQuery } from "@tanstack/react-query";
import {
  type ComponentProps,
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useSyncExternalStore,
} from "react";
import { createStore } from "@/components/ui/overlay/store";
import { useClock } from "@/components/ui/text/clock";
import { formatAge, formatCompact, formatNumber, plural } from "@/lib/format";
import type { Summary } from "@/lib/live/summary";
import { type Iso, toMs } from "@/lib/model/instants";
import type { QueueTotals } from "@/lib/model/queue";
import { summaryQuery } from "@/lib/query/fleet";
import { SectionLink } from "./section-link";

/** How often the counts are read, in milliseconds. They are hidden when three of these readings are missing. */
const INTERVAL = 30_000;

/** What the sections count. */
export type SectionFigures = {
  now: Iso;
  totals: QueueTotals;
  /** `null` for a page that does not list concerns. */
  concerns: number | null;
  /** Failed attempts of a window, absent until they are read; `words` names it, such as `last hour`. */
  failed: { count: number; words: string } | null | undefined;
  /** Whether only the tasks of chosen tenants are counted. */
  isOfTenants: boolean;
};

/** The figures of a page that shows them itself, and whether it is still open. */
type Shown = { figures: SectionFigures; isOpen: boolean };

const shown = createStore<Shown | null>(null);

/**
 * The navigation counts what this page shows, from the same reading and for the same tenants and window, so that they
 * never disagree.
 */
export function useSectionFigures(figures: SectionFigures | undefined): void {
  useEffect(() => {
    const last = shown.get();
    if (figures && !(last?.isOpen && isSame(last.figures, figures)))
      shown.set({ figures, isOpen: true });
  });
  useEffect(() => {
    return () => {
      const last = shown.get();
      if (last) shown.set({ ...last, isOpen: false });
    };
  }, []);
}

const isSame = (a: SectionFigures, b: SectionFigures) => JSON.stringify(a) === JSON.stringify(b);

type SectionCount = { value: number; explanation: string };

const NONE: ReadonlyMap<string, SectionCount> = new Map();
const Counts = createContext(NONE);

/** Reads the counts of the sections in the page's database, for the links below. */
export function SectionCounts({ children }: { children: ReactNode }) {
  const page = useSyncExternalStore(shown.subscribe, shown.get, () => null);
  const isShown = page?.isOpen === true && page.figures.concerns !== null;
  const { data } = useQuery({
    ...summaryQuery(),
    enabled: !isShown,
    refetchInterval: INTERVAL,
    // The counts are not what the page shows, so its indicator does not depend on them.
    meta: { onDemand: true },
  });
  const ageOf = (now: number, at: Iso | undefined) =>
    at === undefined ? 0 : Math.max(0, Math.floor((now - toMs(at)) / 5_000) * 5_000);
  const age = useClock((now) => ageOf(now, data?.now));
  const pageAge = useClock((now) => ageOf(now, page?.figures.now));
  const counts = new Map(
    data && age < 3 * INTERVAL ? countSections(summarize(data), age) : undefined,
  );
  // Once the page is left, its figures count until a later reading arrives; those of some tenants don't.
  const isLater = data === undefined || (page !== null && toMs(page.figures.now) > toMs(data.now));
  if (page?.isOpen || (page && isLater && !page.figures.isOfTenants && pageAge < 3 * INTERVAL))
    for (const [href, count] of countSections(page.figures, pageAge)) counts.set(href, count);
  return <Counts value={counts}>{children}</Counts>;
}

function summarize(summary: Summary): SectionFigures {
  const { now, concernsCount, attempts } = summary;
  return {
    now,
    totals: summary,
    concerns: concernsCount,
    failed: attempts && { count: attempts.failed, words: "last hour" },
    isOfTenants: false,
  };
}

/**
 * A section's link with its count, if it has one that is not 0. The link is named by the section alone and described by
 * the count's explanation, which keyboard focus and a long press show, too.
 */
export function CountedLink({ children, ...props }: ComponentProps<typeof SectionLink>) {
  const count = useContext(Counts).get(String(props.href));
  if (!count?.value) return <SectionLink {...props}>{children}</SectionLink>;
  return (
    <SectionLink {...props} aria-description={count.explanation}>
      {children}
      <span
        className="ml-auto text-12 text-ink-2 tabular-nums"
        aria-hidden
        data-tip={count.explanation}
        data-tip-of-link
      >
        {count.value < 10_000 ? formatNumber(count.value) : `≈ ${formatCompact(count.value)}`}
      </span>
    </SectionLink>
  );
}

/** The count of each section that the figures have, 0 included. @param age of the figures, in milliseconds. */
export function countSections(figures: SectionFigures, age: number): Map<string, SectionCount> {
  const { totals, concerns, failed, isOfTenants } = figures;
  const missing =
    totals.unreadable > 0
      ? ` without ${plural(totals.unreadable, "queue")} that can't be read,`
      : "";
  const explain = (text: string) =>
    `${text},${isOfTenants ? " of the chosen tenants," : ""}${missing} as of ${formatAge(age)} ago`;
  const { ready, running, sleeping } = totals;
  const counts = new Map<string, SectionCount>();
  if (concerns !== null)
    counts.set("/", {
      value: concerns,
      explanation: explain(
        `${plural(concerns, "thing needs", "things need")} attention, ${failed ? `by the attempts of the ${failed.words}` : "attempts not included"}`,
      ),
    });
  counts.set("/tasks", {
    value: ready,
    explanation: explain(
      `${plural(ready, "task")} ready, ${formatNumber(running)} running, ${formatNumber(sleeping)} sleeping`,
    ),
  });
  if (failed)
    counts.set("/failures", {
      value: failed.count,
      explanation: explain(`${plural(failed.count, "failed attempt")} in the ${failed.words}`),
    });
  return counts;
}
