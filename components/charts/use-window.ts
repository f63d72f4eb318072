"use client";
import { useQueryState } from "nuqs";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { type Window, windowSearchParams } from "@/lib/search-params/windows";

/** The window in the address. */
export function useWindow(): [Window, (window: Window) => void] {
  return useQueryState("range", windowSearchParams.range.withOptions({ history: "push" }));
}

/** Seconds between two reads of a window, at least: figures of a week do not change in two seconds. */
const LEAST: Record<Window, number> = { "1h": 2, "24h": 15, "7d": 60 };

/** The `refetchInterval` of figures over a window: the app's setting, slowed down for long windows. */
export function useWindowRefresh(window: Window): number | false {
  const interval = useRefreshInterval();
  return interval === false ? false : Math.max(interval, LEAST[window] * 1000);
}
