"use client";
import { useClock } from "@/components/ui/text/clock";
import { useRefreshInterval } from "../preferences/preferences-provider";
import { knownAt, overdueAfter } from "./freshness";

/** With automatic refresh off, data counts as stale after this many milliseconds. */
const UNREFRESHED = 15_000;

/**
 * Whether data is older than its refresh interval allows, because requests fail, are late or are paused. Ages and
 * countdowns based on stale data must stop.
 *
 * @param at when the data was loaded, on the browser's clock.
 * @param interval refetch interval in milliseconds, if it differs from the page's; `null` for data that never changes.
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
