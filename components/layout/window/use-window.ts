"use client";
import { useQueryState } from "nuqs";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { type Window, windowSearchParams } from "@/lib/search-params/windows";

/** The time range in the URL. */
export function useWindow(): [Window, (window: Window) => void] {
  return useQueryState("range", windowSearchParams.range.withOptions({ history: "push" }));
}

/** Minimum refetch interval in seconds: figures for a week barely change within two seconds. */
const MIN_SECONDS: Record<Window, number> = { "1h": 2, "24h": 15, "7d": 60 };

/** The `refetchInterval` of figures over a time range: the user's setting, but at least the minimum for the range. */
export function useWindowRefresh(window: Window): number | false {
  const interval = useRefreshInterval();
  return interval === false ? false : Math.max(interval, MIN_SECONDS[window] * 1000);
}
