import { expect, test } from "vitest";
import { compareInstants, parseTimestamp, toInstant, toMs } from "./instants";

test.each([
  ["2026-01-02 03:04:05.678901+00", "2026-01-02T03:04:05.678Z"],
  ["2026-01-02 03:04:05+00", "2026-01-02T03:04:05.000Z"],
  ["2026-11-29 07:12:36.5+05:30", "2026-11-29T01:42:36.500Z"],
  ["2026-11-29 07:12:36-08", "2026-11-29T15:12:36.000Z"],
  ["1883-11-18 12:03:57-04:56:02", "1883-11-18T16:59:59.000Z"],
  ["20000-01-01 00:00:00+00", "+020000-01-01T00:00:00.000Z"],
  ["294276-12-31 23:59:59.999999+00", "+294276-12-31T23:59:59.999Z"],
  ["0044-03-15 12:00:00+00 BC", "-000043-03-15T12:00:00.000Z"],
  ["0001-12-31 23:00:00-02 BC", "0001-01-01T01:00:00.000Z"],
  ["4713-11-24 00:00:00+00 BC", "-004712-11-24T00:00:00.000Z"],
  ["infinity", "infinity"],
  ["-infinity", "-infinity"],
  ["29/11/2026 07:12:36 CET", "29/11/2026 07:12:36 CET"],
])("the timestamp %s is %s", (text, iso) => {
  expect(parseTimestamp(text)).toBe(iso);
});

test.each([
  ["1970-01-01T00:00:01.000Z", 1_000],
  ["-000043-03-15T12:00:00.000Z", Date.UTC(-43, 2, 15, 12)],
  ["infinity", Number.POSITIVE_INFINITY],
  ["-infinity", Number.NEGATIVE_INFINITY],
  ["+294276-12-31T23:59:59.999Z", Number.POSITIVE_INFINITY],
  ["tomorrow", Number.NaN],
])("%s is %d ms after the epoch", (iso, ms) => {
  expect(toMs(iso)).toBe(ms);
});

test("milliseconds outside the range of dates become infinities, never an error", () => {
  expect(toInstant(1_000)).toBe("1970-01-01T00:00:01.000Z");
  expect(toInstant(8.64e15)).toBe("+275760-09-13T00:00:00.000Z");
  expect(toInstant(8.64e15 + 1)).toBe("infinity");
  expect(toInstant(Number.NEGATIVE_INFINITY)).toBe("-infinity");
  expect(toInstant(Number.NaN)).toBe("infinity");
});

test("instants sort by time, for any form of their years", () => {
  const sorted = [
    "-infinity",
    "-000043-03-15T12:00:00.000Z",
    "2026-01-02T03:04:05.678Z",
    "+020000-01-01T00:00:00.000Z",
    "infinity",
  ];
  expect([...sorted].reverse().sort(compareInstants)).toEqual(sorted);
});
