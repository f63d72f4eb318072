import { formatDuration } from "@/lib/format";

/** A length of time next to what is usual: how many times it is, or that it is as usual. Both in milliseconds. */
export function compareWithUsual(ms: number, usualMs: number): { text: string; slow: boolean } {
  // Below this nobody cares, and the figures are mostly noise.
  const floor = 5;
  const times = Math.max(ms, floor) / Math.max(usualMs, floor);
  if (times >= 1.5)
    return { text: `${printTimes(times)} times its usual`, slow: times >= 3 && ms - usualMs > 100 };
  return { text: `usually ${formatDuration(usualMs)}`, slow: false };
}

function printTimes(times: number): string {
  return times < 10 ? times.toFixed(1) : Math.round(times).toLocaleString("en-US");
}
