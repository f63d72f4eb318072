import { formatInstant } from "./format";

/**
 * The instant of a wall-clock time such as `2026-03-02T14:20:31` in a time zone; `null` when it is none. An hour that a
 * change of clocks skips or repeats is read by the offset before the change.
 */
export function parseLocal(local: string, zone: string): string | null {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) return null;
  const guess = asUtc - offsetAt(asUtc, zone);
  return new Date(asUtc - offsetAt(guess, zone)).toISOString();
}

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offsetAt(time: number, zone: string): number {
  const shown = formatInstant(new Date(time).toISOString(), zone).replace(" ", "T");
  return Date.parse(`${shown}Z`) - time;
}
