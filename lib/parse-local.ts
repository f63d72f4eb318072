import { formatInstant } from "./format";

const LOCAL = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?$/;

/**
 * Parses a wall-clock time in a time zone, `2026-03-02 14:20` or `2026-03-02 14:20:31` with a space or a `T`, to an
 * ISO instant. Returns `null` for anything else: unfinished text, impossible dates such as February 30, and years
 * before 1970. A time that a clock change skips or repeats uses the offset before the change.
 */
export function parseLocal(local: string, zone: string): string | null {
  const [, day, minutes, seconds = ":00"] = LOCAL.exec(local) ?? [];
  if (!day || !minutes) return null;
  const asUtc = Date.parse(`${day}T${minutes}${seconds}Z`);
  // Date.parse may roll February 30 over to March, and takes 24:00 for the next day.
  if (!(asUtc >= 0) || new Date(asUtc).toISOString().slice(0, 19) !== `${day}T${minutes}${seconds}`)
    return null;
  const guess = asUtc - computeOffset(asUtc, zone);
  const time = asUtc - computeOffset(guess, zone);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds; NaN where its year there is above 9999. */
function computeOffset(time: number, zone: string): number {
  if (Number.isNaN(time)) return time;
  const shown = formatInstant(new Date(time).toISOString(), zone).replace(" ", "T");
  return Date.parse(`${shown}Z`) - time;
}
