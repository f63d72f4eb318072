"use client";
import { useState } from "react";
import { cn } from "@/lib/cn";
import { plural } from "@/lib/format";
import type { ChangedLine, ErrorChange } from "./compare-errors";

/** How an attempt's error differs from the previous attempt's: one line, with the diff on demand. */
export function ErrorChangeNote({ change, before }: { change: ErrorChange; before: number }) {
  const [open, setOpen] = useState(false);
  if (change.kind === "same-beginning")
    return (
      <p className="text-12 text-ink-3">
        Same name, message and beginning of the trace as attempt {before}. The rest was not
        compared.
      </p>
    );
  if (change.kind === "same")
    return (
      <p className="text-12 text-ink-3">
        {change.exactly
          ? `Same error as attempt ${before}`
          : `Same error as attempt ${before}, apart from ids, times, numbers or library frames`}
      </p>
    );
  const count = change.lines.filter(({ sign }) => sign !== " ").length;
  return (
    <div className="min-w-0">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="min-h-9 text-12 text-accent-text hover:underline wide:min-h-0"
      >
        Different error from attempt {before} ({plural(count, "line")}{" "}
        {count === 1 ? "differs" : "differ"})
      </button>
      {open && <Lines lines={change.lines} before={before} />}
    </div>
  );
}

function Lines({ lines, before }: { lines: ChangedLine[]; before: number }) {
  return (
    <section
      aria-label={`Changes since attempt ${before}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
      tabIndex={0}
      className="mono mt-1 max-h-80 overflow-auto rounded-2 border bg-canvas py-1 leading-[18px]"
    >
      {lines.map(({ sign, text }, index) => (
        <p
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their position
          key={index}
          className={cn(
            "whitespace-pre px-2",
            sign === "+" && "bg-completed-soft text-completed",
            sign === "-" && "bg-failed-soft text-failed",
            sign === " " && "text-ink-3",
          )}
        >
          {sign === "-" ? "−" : sign} {text}
        </p>
      ))}
    </section>
  );
}
