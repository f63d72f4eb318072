import { computeZoneOffset } from "./format";

const LOCAL = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?$/;

const DAY = 86_400_000;

const LAST_OF_FOUR_DIGITS = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * Parses a wall-clock time in a time zone, `2026-03-02 14:20` or `2026-03-02 14:20:31` with a space or a `T`, to
 * an ISO instant. Returns `null` for anything else: unfinished text, impossible dates such as February 30, and
 * years before 1970 or after 9999. A time that a clock change skips moves forward by the change; a time that it
 * repeats means its first occurrence.
 */
export function parseLocal(local: string, zone: string): string | null {
  const [, day, minutes, seconds = ":00"] = LOCAL.exec(local) ?? [];
  if (!day || !minutes) return null;
  const asUtc = Date.parse(`${day}T${minutes}${seconds}Z`);
  // Date.parse may roll February 30 over to March, and treats 24:00 as the next day.
  if (!(asUtc >= 0) || new Date(asUtc).toISOString().slice(0, 19) !== `${day}T${minutes}${seconds}`)
    return null;
  const offsets = [asUtc - DAY, asUtc + DAY].map((at) => computeZoneOffset(at, zone));
  const times = offsets.map((offset) => asUtc - offset);
  const valid = times.filter((at, index) => computeZoneOffset(at, zone) === offsets[index]);
  const time = valid.length > 0 ? Math.min(...valid) : (times[0] ?? asUtc);
  return time > LAST_OF_FOUR_DIGITS ? null : new Date(time).toISOString();
}

const UNITS = { s: 1_000, min: 60_000, h: 3_600_000, d: DAY };
/** Each unit, as people spell it. */
const SPELLING = {
  s: "s|secs?|seconds?",
  min: "m|mins?|minutes?",
  h: "h|hrs?|hours?",
  d: "d|days?",
} as const;
const ANY_UNIT = Object.values(SPELLING).join("|");
const RELATIVE = new RegExp(`^in\\s((?:\\s*\\d{1,6}\\s*(?:${ANY_UNIT}))+)$`, "i");
const PART = new RegExp(`(\\d+)\\s*(${ANY_UNIT})(?![a-z])`, "gi");
const NAMED_DAY = /^(today|tomorrow)\s+(?:at\s+)?(\d{1,2}:\d\d(?::\d\d)?)$/i;
const ZONED = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(\.\d+)?\s?(Z|UTC|[+-]\d\d:?[0-5]\d)$/i;

/**
 * Parses a time as people write it: `in 5 min` or `in 1 hour 30 minutes` from `now`, `today 17:30` and
 * `tomorrow 09:00` in the time zone, the formats of `parseLocal`, and ISO 8601 with a zone of its own, as other
 * programs print it. Returns `null` for anything else.
 */
export function parseTime(text: string, zone: string, now: string): string | null {
  const typed = text.trim();
  const at = Date.parse(now);
  const relative = RELATIVE.exec(typed)?.[1];
  if (relative) {
    const length = [...relative.matchAll(PART)].reduce(
      (sum, [, count, unit = ""]) => sum + Number(count) * parseUnit(unit),
      0,
    );
    return toFourDigits(at + length);
  }
  const [, day, time] = NAMED_DAY.exec(typed) ?? [];
  if (!day || !time) return parseZoned(typed) ?? parseLocal(typed, zone);
  const today = new Date(at + computeZoneOffset(at, zone));
  if (day.toLowerCase() === "tomorrow") today.setUTCDate(today.getUTCDate() + 1);
  const clock = time.indexOf(":") === 1 ? `0${time}` : time;
  return parseLocal(`${today.toISOString().slice(0, 10)} ${clock}`, zone);
}

/** A unit in milliseconds: every spelling starts with the letter of its unit. */
function parseUnit(unit: string): number {
  const letter = unit[0]?.toLowerCase();
  return Object.entries(UNITS).find(([name]) => name[0] === letter)?.[1] ?? 0;
}

function parseZoned(text: string): string | null {
  const [, day, minutes, seconds = ":00", fraction = "", written = ""] = ZONED.exec(text) ?? [];
  const asUtc = day && minutes ? parseLocal(`${day} ${minutes}${seconds}`, "UTC") : null;
  if (asUtc === null) return null;
  const offset = /^(Z|UTC)$/i.test(written) ? "Z" : `${written.slice(0, 3)}:${written.slice(-2)}`;
  // Browsers parse up to milliseconds.
  return toFourDigits(Date.parse(`${asUtc.slice(0, 19)}${fraction.slice(0, 4)}${offset}`));
}

function toFourDigits(at: number): string | null {
  return at >= 0 && at <= LAST_OF_FOUR_DIGITS ? new Date(at).toISOString() : null;
}
