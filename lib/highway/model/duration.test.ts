import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { Duration, formatDuration, parseDuration } from "./duration.ts";
import { parseWaitFor } from "./wait-for.ts";

type Row = {
  input: unknown;
  seconds?: number;
  serialised?: string;
  kind?: string;
  error?: unknown;
};
const file = path.join(import.meta.dirname, "../fixtures/durations.json");
const golden: Record<"parse_policy_duration" | "serialise_duration" | "parse_wait_for", Row[]> =
  JSON.parse(readFileSync(file, "utf8"));

test.each(golden.parse_policy_duration)("a policy's duration $input", (row) => {
  const seconds = parseDuration(row.input);
  expect(seconds).toBe(row.seconds);
  if (seconds !== undefined) expect(formatDuration(seconds)).toBe(row.serialised);
});

test.each(golden.serialise_duration)("$seconds seconds are written $serialised", (row) => {
  expect(formatDuration(row.seconds ?? Number.NaN)).toBe(row.serialised);
});

/** Where the package misreads a duration and this reader does not. */
const BETTER: Record<string, { kind: string; seconds: number } | undefined> = {
  "PT1.5H": { kind: "duration", seconds: 5400 },
  PT: undefined,
  PT5: undefined,
  P1D: { kind: "duration", seconds: 86_400 },
  P1DT1H: { kind: "duration", seconds: 90_000 },
  P1W: { kind: "duration", seconds: 604_800 },
  true: undefined,
};

test.each(golden.parse_wait_for)("wait_for $input", (row) => {
  const parsed = parseWaitFor(row.input);
  const key = String(row.input);
  if (key in BETTER) {
    if (BETTER[key]) expect(parsed).toMatchObject(BETTER[key]);
    else expect(parsed).toBeUndefined();
  } else if (row.error) expect(parsed).toBeUndefined();
  else expect(parsed).toMatchObject({ kind: row.kind, text: row.serialised });
});

test("units", () => {
  const { seconds, minutes, hours, days, weeks } = Duration;
  const all = [seconds(1.5), minutes(2), hours(3), days(1), weeks(1)];
  expect(all.map((one) => one.toISO())).toEqual(["PT1.5S", "PT2M", "PT3H", "P1D", "P7D"]);
});
