"use client";
import { useClock } from "@/components/ui/text/clock";
import { cn } from "@/lib/cn";
import { formatRelative } from "@/lib/format";
import { usePreferences } from "../preferences/preferences-provider";
import { useConnection } from "./connection";

/** Whether the page is live, paused or disconnected, and the age of its data. */
export function LiveIndicator() {
  const { refresh } = usePreferences();
  const { at, lostAt } = useConnection();
  const age = useClock(() => (at === null ? "" : formatRelative(Math.min(at - Date.now(), 0))));
  const [word, dot] =
    lostAt !== null
      ? ["Lost", "bg-failed-solid"]
      : refresh === 0
        ? ["Paused", "bg-cancelled-solid"]
        : ["Live", "bg-completed-solid"];
  return (
    <span className="flex items-center gap-1.5 px-2 font-medium text-12 text-ink-2">
      <span aria-hidden className={cn("size-1.5 rounded-full", dot)} />
      {word}
      <span className="hidden min-w-14 font-normal text-ink-3 wide:inline">
        {age && `· ${age}`}
      </span>
    </span>
  );
}
