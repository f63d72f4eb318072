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

const UNITS: Record<string, number> = { s: 1_000, min: 60_000, h: 3_600_000, d: DAY };
const RELATIVE = /^in((?:\s+\d{1,6}\s*(?:s|min|h|d))+)$/i;
const PART = /(\d+)\s*(s|min|h|d)/gi;
const NAMED_DAY = /^(today|tomorrow)\s+(\d\d:\d\d(?::\d\d)?)$/i;

/**
 * Parses a time as people write it: `in 5 min` or `in 1 h 30 min` from `now`, `today 17:30` and `tomorrow 09:00`
 * in the time zone, and the formats of `parseLocal`. Returns `null` for anything else.
 */
export function parseTime(text: string, zone: string, now: string): string | null {
  const typed = text.trim();
  const at = Date.parse(now);
  const relative = RELATIVE.exec(typed)?.[1];
  if (relative) {
    const length = [...relative.matchAll(PART)].reduce(
      (sum, [, count, unit = ""]) => sum + Number(count) * (UNITS[unit.toLowerCase()] ?? 0),
      0,
    );
    const time = at + length;
    return time > LAST_OF_FOUR_DIGITS ? null : new Date(time).toISOString();
  }
  const [, day, time] = NAMED_DAY.exec(typed) ?? [];
  if (!day || !time) return parseLocal(typed, zone);
  const today = new Date(at + computeZoneOffset(at, zone));
  if (day.toLowerCase() === "tomorrow") today.setUTCDate(today.getUTCDate() + 1);
  return parseLocal(`${today.toISOString().slice(0, 10)} ${time}`, zone);
}
