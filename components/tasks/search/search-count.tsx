"use client";
import { useEffect, useRef, useState } from "react";
import { lazyExtra } from "@/components/ui/feedback/lazy-part";
import type { TaskFilters } from "@/lib/search-params/tasks";
import type { Counting } from "../list/counting";

const loadCounting = () => import("../list/counting");
const CountWords = lazyExtra(() => loadCounting().then((m) => m.CountWords));

/** Counts what matches on demand, newest first, and can be stopped. Key it by the filters: a count is of one question. */
export function SearchCount({ filters }: { filters: TaskFilters }) {
  const [counting, setCounting] = useState<Counting | null>(null);
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function start() {
    const controller = new AbortController();
    running.current = controller;
    setCounting({ last: null, ended: false, problem: null });
    const code = await loadCounting().catch(() => null);
    if (code) return code.runCount(filters, controller.signal, setCounting);
    setCounting({ last: null, ended: true, problem: "The dashboard’s server does not answer." });
  }
  return (
    <span
      aria-live="polite"
      aria-busy={counting !== null && !counting.ended}
      className="flex shrink-0 items-center gap-2 whitespace-nowrap text-12 text-ink-2"
    >
      {counting && (counting.last || counting.problem) && <CountWords {...counting} />}
      <button
        type="button"
        onClick={counting && !counting.ended ? () => running.current?.abort() : start}
        className="h-9 font-medium text-accent-text hover:underline wide:h-6"
      >
        {counting ? (counting.ended ? "Count again" : "Stop") : "Count exactly"}
      </button>
    </span>
  );
}
