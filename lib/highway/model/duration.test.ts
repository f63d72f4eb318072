import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { decodeAndCheck } from "./checks/validate.ts";
import { Duration, formatDuration, parseDuration } from "./duration.ts";
import { hasErrors } from "./problem.ts";
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

test.each(golden.parse_policy_duration)("parses the duration $input of a policy", (row) => {
  const seconds = parseDuration(row.input);
  expect(seconds).toBe(row.seconds);
  if (seconds !== undefined) expect(formatDuration(seconds)).toBe(row.serialised);
});

test.each(golden.serialise_duration)("formats $seconds seconds as $serialised", (row) => {
  expect(formatDuration(row.seconds ?? Number.NaN)).toBe(row.serialised);
});

/** Values that the package parses incorrectly. */
const BETTER: Record<string, { kind: string; seconds: number } | undefined> = {
  "PT1.5H": { kind: "duration", seconds: 5400 },
  PT: undefined,
  PT5: undefined,
  P1D: { kind: "duration", seconds: 86_400 },
  P1DT1H: { kind: "duration", seconds: 90_000 },
  P1W: { kind: "duration", seconds: 604_800 },
  true: undefined,
};

test.each(golden.parse_wait_for)("parses wait_for $input", (row) => {
  const parsed = parseWaitFor(row.input);
  const key = String(row.input);
  if (key in BETTER) {
    if (BETTER[key]) expect(parsed).toMatchObject(BETTER[key]);
    else expect(parsed).toBeUndefined();
  } else if (row.error) expect(parsed).toBeUndefined();
  else expect(parsed).toMatchObject({ kind: row.kind, text: row.serialised });
});

test("a duration is made from any unit", () => {
  const { seconds, minutes, hours, days, weeks } = Duration;
  const all = [seconds(1.5), minutes(2), hours(3), days(1), weeks(1)];
  expect(all.map((one) => one.toISO())).toEqual(["PT1.5S", "PT2M", "PT3H", "P1D", "P7D"]);
});

test("the isolation of a circuit breaker accepts the durations of 2.2.0, except negative ones", () => {
  const rows: Row[] = JSON.parse(
    readFileSync(path.join(import.meta.dirname, "../fixtures/2.2/durations.json"), "utf8"),
  ).isolation_duration;
  // The package treats `true` as one second.
  for (const { input, serialised } of rows.filter((row) => row.input !== true)) {
    const circuit_breaker_policy = { isolation_duration: input };
    const task = { task_id: "t", operator_type: "task", function: "f", circuit_breaker_policy };
    const { workflow, problems } = decodeAndCheck({ name: "flow", tasks: { t: task } });
    const isNegative = serialised?.startsWith("-") ?? false;
    expect(hasErrors(problems)).toBe(serialised === undefined || isNegative);
    expect(workflow?.tasks.t?.circuit_breaker_policy?.isolation_duration).toBe(serialised);
  }
});
