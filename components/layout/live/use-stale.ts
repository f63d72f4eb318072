"use client";
import { useClock } from "@/components/ui/text/clock";
import { useRefreshInterval } from "../preferences/preferences-provider";
import { knownAt, overdueAfter } from "./freshness";

/** Without automatic refresh, data counts as stale after this, in milliseconds. */
const UNREFRESHED = 15_000;

/**
 * Whether data is older than its refresh interval explains: the last requests failed, are late, or are paused. Its ages and
 * countdowns must not run on.
 *
 * @param at when it was loaded, in the browser's time.
 * @param interval how often it is requested, in milliseconds, if not at the page's interval; `null` for data that never changes.
 */
export function useStale(at: number, interval?: number | false | null): boolean {
  const common = useRefreshInterval();
  const every = interval === undefined ? common : interval;
  return useClock(() => {
    if (every === null || at === 0) return false;
    const limit = every === false ? UNREFRESHED : overdueAfter(every);
    return Date.now() - knownAt(at) > limit;
  });
}
