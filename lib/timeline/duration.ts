const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A length of time for people, two units at most: `12 ms`, `4.8 s`, `1 m 18 s`, `2 h 05 m`, `3 d 4 h`. Negative lengths
 * (clocks that differ) read as zero.
 */
export function formatDuration(ms: number): string {
  if (ms > 0 && ms < 100) return `${Math.max(1, Math.round(ms))} ms`;
  const tenths = Math.round(Math.max(ms, 0) / 100) / 10;
  return tenths < 60 ? `${tenths.toFixed(1)} s` : formatAge(tenths * 1000);
}

/** As `formatDuration`, in whole seconds: for clocks that tick and ages nobody reads to the tenth. */
export function formatAge(ms: number): string {
  const seconds = Math.floor(Math.max(ms, 0) / SECOND) * SECOND;
  if (seconds < MINUTE) return `${seconds / SECOND} s`;
  if (seconds < HOUR) return pair(seconds, MINUTE, "m", SECOND, "s");
  if (seconds < DAY) return pair(seconds, HOUR, "h", MINUTE, "m");
  const [days, hours] = [Math.floor(seconds / DAY), Math.floor((seconds % DAY) / HOUR)];
  return hours === 0 || days >= 100 ? `${days} d` : `${days} d ${hours} h`;
}

/** What is left of a lease or a time-out, rounded up so that it reads `0:00` only when nothing is left: `0:42`, `1:05:00`. */
export function formatCountdown(ms: number): string {
  const total = Math.ceil(Math.max(ms, 0) / SECOND);
  const minutes = Math.floor(total / 60);
  const seconds = two(total % 60);
  return minutes < 60
    ? `${minutes}:${seconds}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${seconds}`;
}

function pair(ms: number, large: number, largeName: string, small: number, smallName: string) {
  return `${Math.floor(ms / large)} ${largeName} ${two(Math.floor((ms % large) / small))} ${smallName}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
