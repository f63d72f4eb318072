import { toMs } from "./model/instants";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * An exact length of time in milliseconds, at most two units, omitting a zero second unit: `350 ms`, `4.8 s`, `30
 * s`, `1 min 20 s`, `2 h 5 min`, `3 d`. Negative lengths (clocks that differ) print as zero, endless ones as `∞`.
 */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return formatEndless(ms);
  const length = Math.max(ms, 0);
  if (length > 0 && length < 1) return "1 ms";
  if (Math.round(length) < SECOND) return `${Math.round(length)} ms`;
  const tenths = Math.round(length / 100) / 10;
  return tenths < 60 ? `${tenths} s` : formatTwoUnits(tenths * SECOND);
}

/**
 * A length of time that is still growing or shrinking, in milliseconds: whole seconds, and from 10 minutes on
 * whole minutes, so that a sentence does not change every second. `4 s`, `1 min 20 s`, `31 min`, `2 h 5 min`, `∞`.
 */
export function formatAge(ms: number): string {
  if (!Number.isFinite(ms)) return formatEndless(ms);
  if (ms < MINUTE) return `${Math.floor(Math.max(ms, 0) / SECOND)} s`;
  return formatTwoUnits(ms < 10 * MINUTE ? ms : ms - (ms % MINUTE));
}

/** `24 s`, `71 s`, `3 min`, `30 h`, `5 d`: an age in milliseconds in one unit, for narrow columns. */
export function formatShortAge(ms: number): string {
  if (!Number.isFinite(ms)) return formatEndless(ms);
  const age = Math.max(ms, 0);
  if (age < 2 * MINUTE) return `${Math.floor(age / SECOND)} s`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min`;
  if (age < 2 * DAY) return `${Math.floor(age / HOUR)} h`;
  return `${Math.floor(age / DAY)} d`;
}

/**
 * `2 min 5 s ago`, `in 3 s`, `now`; `never` and `since ever` for PostgreSQL's infinities. `ms` is the instant minus
 * now: negative is in the past.
 */
export function formatRelative(ms: number): string {
  if (Number.isNaN(ms)) return UNKNOWN;
  if (!Number.isFinite(ms)) return ms > 0 ? "never" : "since ever";
  if (Math.abs(ms) < SECOND) return "now";
  return ms < 0 ? `${formatAge(-ms)} ago` : `in ${formatAge(ms)}`;
}

/** Time left in milliseconds as a clock, rounded up so that `0:00` means that nothing is left: `0:42`, `1:05:00`. */
export function formatCountdown(ms: number): string {
  if (!Number.isFinite(ms)) return formatEndless(ms);
  const total = Math.ceil(Math.max(ms, 0) / SECOND);
  const minutes = Math.floor(total / 60);
  const seconds = twoDigits(total % 60);
  return minutes < 60
    ? `${minutes}:${seconds}`
    : `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${seconds}`;
}

const UNKNOWN = "unknown";

/** An infinite length; a negative one prints as zero, like other negative lengths. */
function formatEndless(ms: number): string {
  if (Number.isNaN(ms)) return UNKNOWN;
  return ms > 0 ? "∞" : "0 s";
}

/** From one minute up. Hours are omitted from 100 days. */
function formatTwoUnits(ms: number): string {
  if (ms < HOUR) return joinUnits(ms, MINUTE, "min", SECOND, "s");
  if (ms < DAY) return joinUnits(ms, HOUR, "h", MINUTE, "min");
  return ms < 100 * DAY ? joinUnits(ms, DAY, "d", HOUR, "h") : `${Math.floor(ms / DAY)} d`;
}

function joinUnits(ms: number, large: number, largeName: string, small: number, smallName: string) {
  const rest = Math.floor((ms % large) / small);
  const text = `${Math.floor(ms / large)} ${largeName}`;
  return rest === 0 ? text : `${text} ${rest} ${smallName}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

/**
 * An instant in a time zone on a 24-hour clock: `2026-03-02 14:20:31.218`, `0044-03-15 12:00:00.000 BC`.
 * Infinities, and years that `Date` cannot hold, are returned unchanged.
 */
export function formatInstant(iso: string, zone: string): string {
  const parts = splitInstant(iso, zone);
  return parts ? `${parts.day} ${parts.time}.${parts.fraction}${parts.era}` : iso;
}

/** The date and the time to the second: `2026-03-02 14:20:31`. */
export function formatSecond(iso: string, zone: string): string {
  const parts = splitInstant(iso, zone);
  return parts ? `${parts.day} ${parts.time}${parts.era}` : iso;
}

/** The date and the time to the minute: `2026-03-02 14:20`. */
export function formatMinute(iso: string, zone: string): string {
  const parts = splitInstant(iso, zone);
  return parts ? `${parts.day} ${parts.time.slice(0, 5)}${parts.era}` : iso;
}

/** The time of day: `14:20:31`. */
export function formatClock(iso: string, zone: string): string {
  return splitInstant(iso, zone)?.time ?? iso;
}

/** An instant in a sentence: its time of day, and its date unless that is the day of `now` in the zone. */
export function formatNear(iso: string, now: string, zone: string): string {
  const [date, today] = [iso, now].map((one) => formatSecond(one, zone).slice(0, 10));
  return date === today ? formatClock(iso, zone) : formatSecond(iso, zone);
}

/** The time of day to the millisecond: `14:20:31.218`. */
export function formatExactClock(iso: string, zone: string): string {
  const parts = splitInstant(iso, zone);
  return parts ? `${parts.time}.${parts.fraction}` : iso;
}

/** The time zone's offset from UTC at an instant, in milliseconds. */
export function computeZoneOffset(ms: number, zone: string): number {
  const parts = splitInstant(new Date(ms).toISOString(), zone);
  if (!parts || parts.era) return 0;
  const year = parts.day.length > 10 ? `+${parts.day.padStart(12, "0")}` : parts.day;
  return Date.parse(`${year}T${parts.time}.${parts.fraction}Z`) - ms;
}

function splitInstant(iso: string, zone: string) {
  const ms = toMs(iso);
  if (!Number.isFinite(ms)) return null;
  const parts = new Map(
    formatter(zone)
      .formatToParts(ms)
      .map((part) => [part.type, part.value]),
  );
  return {
    day: `${parts.get("year")?.padStart(4, "0")}-${parts.get("month")}-${parts.get("day")}`,
    time: `${parts.get("hour")}:${parts.get("minute")}:${parts.get("second")}`,
    fraction: parts.get("fractionalSecond") ?? "000",
    era: parts.get("era")?.startsWith("B") ? " BC" : "",
  };
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: isTimeZone(zone) ? zone : "UTC",
    era: "short",
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

/** Whether this runtime has the IANA time zone. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** `1,322`: the same grouping on server and browser, in any locale. */
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

/** A count marked with its precision: `1,322` (exact), `≈ 1.18 M` (estimated), `10,000+` (capped). */
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

/**
 * The size of a JSON value: `1.2 kB`; `≈ 1.1 MB` if only the stored size is known; `≥ 1.1 MB (compressed)` if that
 * size is compressed, so the text may be many times as long.
 */
export function formatSize({
  bytes,
  approximate,
}: {
  bytes: number;
  approximate?: "compressed" | "stored" | "cut";
}): string {
  const size = formatBytes(bytes);
  if (approximate === undefined) return size;
  if (approximate === "stored") return `≈ ${size}`;
  return approximate === "cut" ? `≥ ${size}` : `≥ ${size} (compressed)`;
}

/** `01a2f6c2…a42d`: the ends of an id, enough to recognise it. */
export function formatShortId(id: string): string {
  return id.length > 13 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
}

/** `1 task`, `2 tasks`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${formatNumber(count)} ${count === 1 ? noun : many}`;
}

/** Control characters except tab and line breaks, and characters that reorder text or are invisible. */
const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finds control characters
  /[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/**
 * Replaces characters that control a terminal, or reorder or hide text, by their code, such as `\u202e`, which
 * JSON parses as the same character. Two kinds are kept where scripts need them: joiners between letters or emoji,
 * and isolates around the whole text, which affect nothing outside it.
 */
export function revealControls(text: string): string {
  return text.replace(CONTROLS, (character, at: number) => {
    if (character === "\u200c" || character === "\u200d")
      if (isJoinable(text[at - 1]) && isJoinable(text[at + 1])) return character;
    if (at === 0 && character === "\u2068" && text.endsWith("\u2069")) return character;
    if (at === text.length - 1 && character === "\u2069" && text.startsWith("\u2068"))
      return character;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** Whether a joiner next to this character can have an effect: ASCII letters are never joined. */
function isJoinable(neighbour: string | undefined): boolean {
  return neighbour !== undefined && neighbour > "\x9f";
}
