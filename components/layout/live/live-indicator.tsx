"use client";
"use no memo";
import { useClock } from "@/components/ui/text/clock";
import { cn } from "@/lib/cn";
import { formatRelative } from "@/lib/format";
import { usePreferences } from "../preferences/preferences-provider";
import { useFreshness } from "./freshness";

const LOOKS = {
  waiting: ["Loading", "bg-cancelled-solid"],
  fresh: ["Live", "bg-completed-solid"],
  stale: ["Stale", "bg-pending-solid"],
  busy: ["Busy", "bg-pending-solid"],
  lost: ["Lost", "bg-failed-solid"],
} as const;

/** Shows whether the page is live, paused, stale or disconnected, and the age of its data. */
export function LiveIndicator() {
  const { refresh } = usePreferences();
  const { state, at } = useFreshness();
  const age = useClock(() => (at === null ? "" : formatRelative(Math.min(at - Date.now(), 0))));
  if (state === "none") return null;
  const [word, dot] = state === "fresh" && refresh === 0 ? PAUSED : LOOKS[state];
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

const PAUSED = ["Paused", "bg-cancelled-solid"] as const;
