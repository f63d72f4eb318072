"use client";
import { cn } from "@/lib/cn";
import { WINDOWS, type Window } from "@/lib/search-params/windows";

const LABELS: Record<Window, string> = { "1h": "1 h", "24h": "24 h", "7d": "7 days" };

/** Used in sentences, such as `in the last hour`. */
export const WINDOW_WORDS: Record<Window, string> = {
  "1h": "last hour",
  "24h": "last 24 h",
  "7d": "last 7 days",
};

/** The time range of the page. */
export function WindowSwitch({
  value,
  onChange,
}: {
  value: Window;
  onChange: (window: Window) => void;
}) {
  return (
    <fieldset className="flex shrink-0">
      <legend className="sr-only">Time range</legend>
      {WINDOWS.map((window) => (
        <button
          key={window}
          type="button"
          aria-pressed={window === value}
          onClick={() => onChange(window)}
          className={cn(
            "-ml-px h-9 border border-line-strong px-3 font-medium first:ml-0 first:rounded-l-2 last:rounded-r-2 focus-visible:z-1 wide:h-7 wide:px-2.5",
            window === value ? "bg-active text-ink" : "bg-surface text-ink-2 hover:bg-hover",
          )}
        >
          {LABELS[window]}
        </button>
      ))}
    </fieldset>
  );
}
