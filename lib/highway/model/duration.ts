const SECONDS = { Y: 31_536_000, M: 2_592_000, W: 604_800, D: 86_400 };
const MICRO = 1_000_000;

const NUMBER = String.raw`\d+(?:\.\d+)?`;
const ISO = new RegExp(
  `^([+-])?P(?=.)(?:(${NUMBER})Y)?(?:(${NUMBER})M)?(?:(${NUMBER})W)?(?:(${NUMBER})D)?` +
    `(?:(T)(?:(${NUMBER})H)?(?:(${NUMBER})M)?(?:(${NUMBER})S)?)?$`,
);
const CLOCK =
  /^([+-])?(?:(\d+) ?d(?:ays?)?(?:,? )?)?(?:(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,6})?))?)?$/;

/**
 * The seconds of a duration: a number of seconds, ISO 8601 (`PT1H30M`, `P1DT2H`, fractions allowed; a year has 365
 * days, a month 30), `HH:MM:SS`, or `3 days, 00:00:05`. `undefined` for anything else, such as `10` as text or
 * `5s`.
 */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? round(value) : undefined;
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "string") return undefined;
  return parseIso(value) ?? parseClock(value);
}

function parseIso(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, sign, years, months, weeks, days, time, hours, minutes, seconds] = match;
  const given = [years, months, weeks, days, hours, minutes, seconds].some((part) => part);
  // A bare `T` after days is accepted, as in Python.
  if (!given || (time && !days && !weeks && !months && !years && !hours && !minutes && !seconds))
    return undefined;
  const part = (digits: string | undefined, unit: number) => Number(digits ?? 0) * unit;
  const total =
    part(years, SECONDS.Y) +
    part(months, SECONDS.M) +
    part(weeks, SECONDS.W) +
    part(days, SECONDS.D) +
    part(hours, 3600) +
    part(minutes, 60) +
    part(seconds, 1);
  return signed(sign, total);
}

function parseClock(text: string): number | undefined {
  const match = CLOCK.exec(text);
  if (!match) return undefined;
  const [, sign, days, hours, minutes, seconds] = match;
  if (days === undefined && seconds === undefined) return undefined;
  if (hours !== undefined && seconds === undefined) return undefined;
  const total =
    Number(days ?? 0) * SECONDS.D +
    Number(hours ?? 0) * 3600 +
    Number(minutes ?? 0) * 60 +
    Number(seconds ?? 0);
  return signed(sign, total);
}

function signed(sign: string | undefined, seconds: number): number | undefined {
  if (!Number.isSafeInteger(Math.trunc(seconds))) return undefined;
  return round(sign === "-" && seconds !== 0 ? -seconds : seconds);
}

/** Rounds to the microsecond. */
function round(seconds: number): number {
  return Math.abs(seconds) < 1e9 ? Math.round(seconds * MICRO) / MICRO : seconds;
}

/** Formats seconds as ISO 8601, with years of 365 days, days, hours, minutes and seconds. */
export function formatDuration(seconds: number): string {
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  let whole = Math.floor(seconds);
  let micros = Math.round((seconds - whole) * MICRO);
  if (micros === MICRO) [whole, micros] = [whole + 1, 0];
  const part = (unit: number, letter: string) => {
    const count = Math.floor(whole / unit);
    whole -= count * unit;
    return count > 0 ? `${count}${letter}` : "";
  };
  const date = part(SECONDS.Y, "Y") + part(SECONDS.D, "D");
  const fraction = micros > 0 ? `.${String(micros).padStart(6, "0").replace(/0+$/, "")}` : "";
  const clock = part(3600, "H") + part(60, "M");
  const rest = whole > 0 || fraction ? `${whole}${fraction}S` : "";
  const time = clock + rest;
  if (date === "" && time === "") return "PT0S";
  return `P${date}${time ? `T${time}` : ""}`;
}

/** A duration for the builder, from a number of units. Fractions keep microseconds. */
export class Duration {
  readonly seconds: number;

  private constructor(seconds: number) {
    if (!Number.isFinite(seconds)) throw new RangeError("A duration must be a finite number.");
    this.seconds = round(seconds);
  }

  static seconds(count: number): Duration {
    return new Duration(count);
  }
  static minutes(count: number): Duration {
    return new Duration(count * 60);
  }
  static hours(count: number): Duration {
    return new Duration(count * 3600);
  }
  static days(count: number): Duration {
    return new Duration(count * SECONDS.D);
  }
  static weeks(count: number): Duration {
    return new Duration(count * SECONDS.W);
  }

  /** ISO 8601, as in documents. */
  toISO(): string {
    return formatDuration(this.seconds);
  }
}
