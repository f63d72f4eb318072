const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * Normalises an ISO 8601 instant: always with seconds, with a fraction only if it is not zero, `Z` for UTC, no zone if
 * the text has none. `undefined` for text that is not a real date, such as `2025-02-30`.
 */
export function normaliseInstant(text: string): string | undefined {
  const match = INSTANT.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone] =
    match;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(day)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const micros = fraction.padEnd(6, "0");
  const offset = normaliseZone(zone);
  if (offset === undefined) return undefined;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${Number(micros) > 0 ? `.${micros}` : ""}${offset}`;
}

function normaliseZone(zone: string | undefined): string | undefined {
  if (zone === undefined || zone === "Z") return zone ?? "";
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  const [hours, minutes] = [digits.slice(0, 2), digits.slice(2)];
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return digits === "0000" ? "Z" : `${zone[0]}${hours}:${minutes}`;
}

/** Larger numbers count milliseconds, as in pydantic. */
const MOST_SECONDS = 20_000_000_000;

/**
 * The instant of a number, also in quotes, of seconds or milliseconds since 1970, in the format of
 * `normaliseInstant`. `undefined` for anything else, and outside the years 1 to 9999.
 */
export function parseCountedInstant(
  value: unknown,
): { instant: string; unit: "seconds" | "milliseconds" } | undefined {
  const isCount = typeof value === "string" && /^[+-]?\d+(?:\.\d*)?$/.test(value);
  const count = isCount || typeof value === "bigint" ? Number(value) : value;
  if (typeof count !== "number") return undefined;
  const unit = Math.abs(count) > MOST_SECONDS ? "milliseconds" : "seconds";
  const seconds = unit === "seconds" ? count : count / 1000;
  const whole = Math.floor(seconds);
  const micros = Math.round((seconds - whole) * 1_000_000);
  const date = new Date((whole + Math.floor(micros / 1_000_000)) * 1000);
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) return undefined;
  const fraction = String(micros % 1_000_000).padStart(6, "0");
  const instant = normaliseInstant(`${date.toISOString().slice(0, 19)}.${fraction}Z`);
  return instant === undefined ? undefined : { instant, unit };
}

/** The `Date` of a normalised instant. Without a zone it is UTC. */
export function toDate(instant: string): Date {
  return new Date(/(?:Z|[+-]\d{2}:\d{2})$/.test(instant) ? instant : `${instant}Z`);
}
