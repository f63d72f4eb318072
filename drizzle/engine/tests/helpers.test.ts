import { describe, expect, test } from "vitest";
import { provideEngine } from "./engine";

const engine = provideEngine();

/** The value of one SQL expression, as PostgreSQL prints it. */
const value = async (sql: string, ...values: (string | number | null)[]) =>
  (await engine().row(`select ${sql} as value`, ...values)).value;

test("the fake clock is used only while it is set", async () => {
  const e = engine();
  expect(await value("absurd.current_time()")).toBe("2026-03-02 12:00:00+00");
  for (const blank of ["", "   "]) {
    await e.rows(`set absurd.fake_now = '${blank}'`);
    expect(
      await value("abs(extract(epoch from absurd.current_time() - clock_timestamp())) < 1"),
    ).toBe("t");
  }
  await e.rows("set absurd.fake_now = 'half past nine'");
  await e.refused(() => e.call("current_time"), "22007");
  await e.refused(() => e.spawn(), "22007");
});

test("the clock advances inside a transaction", async () => {
  await engine().rows("set absurd.fake_now = ''");
  expect(await value("absurd.current_time() > now()")).toBe("t");
});

test("the schema reports its release", async () => {
  expect(await value("absurd.get_schema_version()")).toBe("0.5.1");
});

test("ids are UUIDs of version 7", async () => {
  const rows = await engine().rows(
    "select absurd.portable_uuidv7() as id from generate_series(1, 100)",
  );
  expect(new Set(rows.map((row) => row.id)).size).toBe(100);
  for (const { id } of rows)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
});

test("uuidv7_timestamp returns milliseconds, and NULL for other versions", async () => {
  const time = (id: string | null) => value("absurd.uuidv7_timestamp($1)", id);
  expect(await time("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")).toBe("2022-02-22 19:22:22+00");
  expect(await time("00000000-0001-7000-8000-000000000000")).toBe("1970-01-01 00:00:00.001+00");
  expect(await time("ffffffff-ffff-7000-8000-000000000000")).toBe("10889-08-02 05:31:50.655+00");
  expect(await time("017f22e2-79b0-4cc3-98c4-dc0c0c07398f")).toBeNull();
  expect(await time(null)).toBeNull();
  expect(
    await value(
      "abs(extract(epoch from absurd.uuidv7_timestamp(absurd.portable_uuidv7()) - clock_timestamp())) < 1e9",
    ),
  ).toBe("t");
});

test("Q10: uuidv7_floor returns the smallest id of a millisecond within the range of an id", async () => {
  const floor = (ts: string | null) => value("absurd.uuidv7_floor($1)", ts);
  expect(await floor("2022-02-22 19:22:22.000999+00")).toBe("017f22e2-79b0-7000-8000-000000000000");
  expect(await floor("1970-01-01 00:00:00+00")).toBe("00000000-0000-7000-8000-000000000000");
  expect(await floor("10889-08-02 05:31:50.655+00")).toBe("ffffffff-ffff-7000-8000-000000000000");
  expect(await floor(null)).toBeNull();
  for (const [ts, shown] of [
    ["1960-01-01", "1960-01-01 00:00:00+00"],
    ["10889-08-02 05:31:50.656+00", "10889-08-02 05:31:50.656+00"],
  ] as const)
    await engine().refused(
      () => floor(ts),
      "P0001",
      `Timestamp "${shown}" is outside UUIDv7 supported range`,
    );
  for (const ts of ["infinity", "-infinity"])
    await engine().refused(() => floor(ts), "0A000", "cannot convert infinity to bigint");
});

test("weeks start on Monday in UTC, in any session time zone", async () => {
  await engine().rows("set timezone = 'America/New_York'");
  const bucket = (ts: string) => value("absurd.week_bucket_utc($1) at time zone 'UTC'", ts);
  expect(await bucket("2026-03-02 00:00:00+00")).toBe("2026-03-02 00:00:00");
  expect(await bucket("2026-03-01 23:59:59.999999+00")).toBe("2026-02-23 00:00:00");
  expect(await value("absurd.week_bucket_utc(null)")).toBeNull();
});

test.each([
  ["2026-03-02", "610"],
  ["2021-01-01", "053"],
  ["2024-12-30", "501"],
  ["2024-01-01", "401"],
])("the week of %s is called %s", async (day, tag) => {
  expect(await value("absurd.partition_week_tag($1)", `${day} 12:00:00+00`)).toBe(tag);
});

describe("the delay before a retry", () => {
  const delay = (strategy: object | string | null, attempt: number | null = 1) =>
    value(
      "absurd.retry_delay_seconds($1, $2)",
      strategy === null || typeof strategy === "string" ? strategy : JSON.stringify(strategy),
      attempt,
    );
  const exponential = (rest: object = {}) => ({ kind: "exponential", ...rest });

  test.each([
    [null, 1, "0"],
    [{}, 1, "0"],
    [{ kind: null, base_seconds: "x" }, 1, "0"],
    [{ kind: "none", base_seconds: -5 }, 1, "0"],
    [{ kind: "fixed" }, 9, "60"],
    [{ kind: "fixed", base_seconds: null }, 1, "60"],
    [{ kind: "fixed", base_seconds: 0.5 }, 1, "0.5"],
    [{ kind: "fixed", base_seconds: "  12 " }, 1, "12"],
    [{ kind: "fixed", base_seconds: 86400 }, 1, "86400"],
    [exponential(), 1, "30"],
    [exponential(), 5, "480"],
    [exponential(), 50, "86400"],
    [exponential(), null, "30"],
    [exponential(), 0, "30"],
    [exponential(), -2147483648, "30"],
    [exponential(), 2147483647, "86400"],
    [exponential({ base_seconds: 100, max_seconds: 10 }), 1, "10"],
    [exponential({ factor: 0 }), 1, "30"],
    [exponential({ factor: 0 }), 2, "0"],
    [exponential({ factor: 1 }), 2147483647, "30"],
    [exponential({ factor: 0.5 }), 2147483647, "0"],
    [exponential({ factor: 1e300 }), 3, "86400"],
    [exponential({ factor: 1e300, max_seconds: 7 }), 3, "7"],
    [exponential({ base_seconds: 0, factor: 1e300 }), 3, "0"],
    [exponential({ max_seconds: 0 }), 3, "0"],
  ])("%j after attempt %j is %s seconds", async (strategy, attempt, seconds) => {
    expect(await delay(strategy, attempt)).toBe(seconds);
  });

  const range = (name: string) => `retry_strategy.${name} must be between 0 and 86400`;
  const invalid = "retry_strategy contains an invalid number";
  const factor = "retry_strategy.factor must be a finite non-negative number";
  test.each([
    ["null", "retry_strategy must be a JSON object"],
    ["[]", "retry_strategy must be a JSON object"],
    ['"fixed"', "retry_strategy must be a JSON object"],
    [{ kind: "Fixed" }, 'Unsupported retry strategy kind "Fixed"'],
    [{ kind: 5 }, 'Unsupported retry strategy kind "5"'],
    [{ kind: "" }, 'Unsupported retry strategy kind ""'],
    [{ kind: "fixed", base_seconds: -1 }, range("base_seconds")],
    [{ kind: "fixed", base_seconds: 86401 }, range("base_seconds")],
    [{ kind: "fixed", base_seconds: "NaN" }, range("base_seconds")],
    [{ kind: "fixed", base_seconds: "Infinity" }, range("base_seconds")],
    [{ kind: "fixed", base_seconds: "x" }, invalid],
    [{ kind: "fixed", base_seconds: "" }, invalid],
    [{ kind: "fixed", base_seconds: true }, invalid],
    [{ kind: "fixed", base_seconds: [1] }, invalid],
    [{ kind: "fixed", base_seconds: "1e400" }, invalid],
    [exponential({ base_seconds: -1, factor: -1 }), range("base_seconds")],
    [exponential({ factor: -1, max_seconds: -1 }), factor],
    [exponential({ factor: "NaN" }), factor],
    [exponential({ factor: "-Infinity" }), factor],
    [exponential({ factor: "Infinity" }), factor],
    [exponential({ factor: "x" }), invalid],
    [exponential({ max_seconds: -1 }), range("max_seconds")],
    [exponential({ max_seconds: 86401 }), range("max_seconds")],
    [exponential({ max_seconds: {} }), invalid],
  ])("%j is refused: %s", async (strategy, message) => {
    await engine().refused(() => delay(strategy), "AB003", message);
  });
});
