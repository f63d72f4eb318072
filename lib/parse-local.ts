import { computeZoneOffset } from "./format";

const LOCAL = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?$/;

const LAST_OF_FOUR_DIGITS = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * Parses a wall-clock time in a time zone, `2026-03-02 14:20` or `2026-03-02 14:20:31` with a space or a `T`, to an
 * ISO instant. Returns `null` for anything else: unfinished text, impossible dates such as February 30, and years
 * before 1970 or after 9999. A time that a clock change skips or repeats uses the offset before the change.
 */
export function parseLocal(local: string, zone: string): string | null {
  const [, day, minutes, seconds = ":00"] = LOCAL.exec(local) ?? [];
  if (!day || !minutes) return null;
  const asUtc = Date.parse(`${day}T${minutes}${seconds}Z`);
  // Date.parse may roll February 30 over to March, and takes 24:00 for the next day.
  if (!(asUtc >= 0) || new Date(asUtc).toISOString().slice(0, 19) !== `${day}T${minutes}${seconds}`)
    return null;
  const guess = asUtc - computeZoneOffset(asUtc, zone);
  const time = asUtc - computeZoneOffset(guess, zone);
  return time > LAST_OF_FOUR_DIGITS ? null : new Date(time).toISOString();
}
