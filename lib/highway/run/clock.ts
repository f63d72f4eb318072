import { OperatorError } from "./outcome.ts";

/** PostgreSQL and JavaScript format four-digit years alike. */
const LAST_INSTANT = Date.UTC(9999, 11, 31);

/** The instant some seconds after another, as ISO text. @throws OperatorError if that is out of range. */
export function instantAfter(now: Date, seconds: number): string {
  const at = now.getTime() + Math.ceil(seconds * 1000);
  if (at > LAST_INSTANT || Number.isNaN(at))
    throw new OperatorError("BadTime", `${seconds} s from now is out of range.`);
  return new Date(at).toISOString();
}
