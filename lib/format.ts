import { formatAge } from "./timeline/duration";

/** `2 m 05 s ago`, `in 3 s`, `now`. `ms` is the instant minus now: negative lies in the past. */
export function formatRelative(ms: number): string {
  if (Math.abs(ms) < 1000) return "now";
  return ms < 0 ? `${formatAge(-ms)} ago` : `in ${formatAge(ms)}`;
}

/** `24 s`, `3 m`, `2 h`, `5 d`: one unit, for columns of ages. Negative ages (clocks that differ) read as zero. */
export function formatShortAge(ms: number): string {
  const seconds = Math.floor(Math.max(ms, 0) / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 120) return `1 m ${String(seconds - 60).padStart(2, "0")} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** The parts of an instant in a time zone, 24-hour clock, as `2026-03-02 14:20:31.218`. */
export function formatInstant(iso: string, zone: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const parts = new Map(
    formatter(zone)
      .formatToParts(date)
      .map((part) => [part.type, part.value]),
  );
  const day = `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`;
  const time = `${parts.get("hour")}:${parts.get("minute")}:${parts.get("second")}`;
  return `${day} ${time}.${parts.get("fractionalSecond")}`;
}

/** The time of day alone, as `14:20:31`. */
export function formatClock(iso: string, zone: string): string {
  return formatInstant(iso, zone).slice(11, 19) || iso;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: isTimeZone(zone) ? zone : "UTC",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    hourCycle: "h23",
  });
  formatters.set(zone, made);
  return made;
}

/** Whether this runtime knows the IANA time zone. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** `1,322`: grouped the same on server and browser, whatever their locale. */
export function formatNumber(value: number): string {
  return numberFormat.format(value);
}
const numberFormat = new Intl.NumberFormat("en-US");

/** `1.18 M`, `84 k`: three significant digits, for estimates. */
export function formatCompact(value: number): string {
  if (value < 10_000) return formatNumber(value);
  const [unit, name] = value < 1e6 ? [1e3, "k"] : value < 1e9 ? [1e6, "M"] : [1e9, "G"];
  return `${Number((value / unit).toPrecision(3))} ${name}`;
}

/** A number that says how far it can be trusted: `1,322`, `≈ 1.18 M`, `10,000+`. */
export function formatCount(count: { value: number; precision: string }): string {
  if (count.precision === "estimated") return `≈ ${formatCompact(count.value)}`;
  return `${formatNumber(count.value)}${count.precision === "capped" ? "+" : ""}`;
}

/** `412 B`, `1.2 kB`, `30 MB`; decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, name] = bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  const value = bytes / unit;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${name}`;
}

/** `01a2f6c2…a42d`: enough of an id to recognise it. */
export function formatShortId(id: string): string {
  return id.length > 13 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
}

/** `1 task`, `2 tasks`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${formatNumber(count)} ${count === 1 ? noun : many}`;
}
