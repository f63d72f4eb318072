import { expect, test } from "vitest";
import {
  computeZoneOffset,
  formatAge,
  formatBytes,
  formatCount,
  formatCountdown,
  formatDuration,
  formatInstant,
  formatMinute,
  formatNear,
  formatRelative,
  formatShortAge,
  formatShortId,
  isTimeZone,
  plural,
  revealControls,
} from "./format";

test.each([
  [0, "0 ms"],
  [0.4, "1 ms"],
  [42, "42 ms"],
  [350, "350 ms"],
  [999.6, "1 s"],
  [4_800, "4.8 s"],
  [59_940, "59.9 s"],
  [59_960, "1 min"],
  [80_000, "1 min 20 s"],
  [2_340_000, "39 min"],
  [2_345_000, "39 min 5 s"],
  [7_500_000, "2 h 5 min"],
  [259_200_000, "3 d"],
  [273_600_000, "3 d 4 h"],
  [400 * 86_400_000 + 3_600_000, "400 d"],
  [-5, "0 ms"],
])("a duration of %d ms is %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [-5, "0 s"],
  [4_800, "4 s"],
  [59_960, "59 s"],
  [80_900, "1 min 20 s"],
  [599_000, "9 min 59 s"],
  [601_000, "10 min"],
  [1_879_000, "31 min"],
  [7_530_000, "2 h 5 min"],
  [86_400_000, "1 d"],
])("an age of %d ms is %s", (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});

test("a countdown shows zero only when nothing is left", () => {
  expect(formatCountdown(41_001)).toBe("0:42");
  expect(formatCountdown(1)).toBe("0:01");
  expect(formatCountdown(0)).toBe("0:00");
  expect(formatCountdown(3_900_000)).toBe("1:05:00");
});

test.each([
  [-125_000, "2 min 5 s ago"],
  [3_400, "in 3 s"],
  [-400, "now"],
  [-90_000_000, "1 d 1 h ago"],
])("%i ms from now is %s", (ms, text) => {
  expect(formatRelative(ms)).toBe(text);
});

test.each([
  [24_900, "24 s"],
  [71_000, "71 s"],
  [600_000, "10 min"],
  [3_600_000 * 30, "30 h"],
  [86_400_000 * 3, "3 d"],
  [-5, "0 s"],
])("a short age of %i ms is %s", (ms, text) => {
  expect(formatShortAge(ms)).toBe(text);
});

test.each([
  [Number.POSITIVE_INFINITY, "∞", "never"],
  [Number.NEGATIVE_INFINITY, "0 s", "since ever"],
  [Number.NaN, "unknown", "unknown"],
])("a length of %d ms does not print as a number", (ms, length, relative) => {
  for (const format of [formatDuration, formatAge, formatShortAge, formatCountdown])
    expect(format(ms)).toBe(length);
  expect(formatRelative(ms)).toBe(relative);
});

test.each([
  ["infinity", "infinity", "infinity"],
  ["-infinity", "-infinity", "-infinity"],
  ["+294276-12-31T23:59:59.999Z", "+294276-12-31T23:59:59.999Z", "+294276-12-31T23:59:59.999Z"],
  ["+020000-01-01T00:00:00.000Z", "20000-01-01 00:00:00.000", "20000-01-01 00:00"],
  ["-000043-03-15T12:00:00.000Z", "0044-03-15 12:00:00.000 BC", "0044-03-15 12:00 BC"],
  ["0000-12-31T12:00:00.000Z", "0001-12-31 12:00:00.000 BC", "0001-12-31 12:00 BC"],
  ["0800-12-25T12:00:00.000Z", "0800-12-25 12:00:00.000", "0800-12-25 12:00"],
])("the instant %s of PostgreSQL is %s", (iso, exact, minute) => {
  expect(formatInstant(iso, "UTC")).toBe(exact);
  expect(formatMinute(iso, "UTC")).toBe(minute);
});

test("the offset of a zone is known for every year", () => {
  expect(computeZoneOffset(Date.UTC(2026, 6, 1), "Europe/Zurich")).toBe(7_200_000);
  expect(computeZoneOffset(Date.UTC(20_000, 0, 1), "Asia/Kolkata")).toBe(19_800_000);
});

test("an instant is printed in the given zone on a 24-hour clock", () => {
  expect(formatInstant("2026-03-01T23:30:05.007Z", "UTC")).toBe("2026-03-01 23:30:05.007");
  expect(formatInstant("2026-03-01T23:30:05.007Z", "Asia/Kolkata")).toBe("2026-03-02 05:00:05.007");
  expect(formatInstant("2026-03-01T00:00:00.000Z", "UTC")).toBe("2026-03-01 00:00:00.000");
});

test("an unknown zone falls back to UTC, and text that is not an instant is returned unchanged", () => {
  expect(isTimeZone("Mars/Olympus")).toBe(false);
  expect(formatInstant("2026-03-01T23:30:05.007Z", "Mars/Olympus")).toBe("2026-03-01 23:30:05.007");
  expect(formatInstant("infinity", "UTC")).toBe("infinity");
});

test.each([
  [{ value: 1322, precision: "exact" }, "1,322"],
  [{ value: 10_000, precision: "capped" }, "10,000+"],
  [{ value: 1_183_412, precision: "estimated" }, "≈ 1.18 M"],
  [{ value: 240, precision: "estimated" }, "≈ 240"],
  [{ value: 84_000, precision: "estimated" }, "≈ 84 k"],
])("a count shows its precision", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [412, "412 B"],
  [1_240, "1.2 kB"],
  [30_000_000, "30 MB"],
])("%i bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("long ids are shortened, short ones are kept", () => {
  expect(formatShortId("01a2f6c2-71d0-7e3a-9b14-5f0c88e1a42d")).toBe("01a2f6c2…a42d");
  expect(formatShortId("abc")).toBe("abc");
  expect(plural(1, "task")).toBe("1 task");
  expect(plural(2000, "task")).toBe("2,000 tasks");
});

test("an instant in a sentence has its date unless it is today in the reader's zone", () => {
  const now = "2026-03-02T23:30:00.000Z";
  expect(formatNear("2026-03-02T01:02:03.000Z", now, "UTC")).toBe("01:02:03");
  expect(formatNear("2026-03-03T01:02:03.000Z", now, "UTC")).toBe("2026-03-03 01:02:03");
  expect(formatNear("2026-03-03T01:02:03.000Z", now, "Europe/Berlin")).toBe("02:02:03");
  expect(formatNear("infinity", now, "UTC")).toBe("infinity");
});

test.each([
  ["a\u001b[31mb\u0000\u007f\u0085", String.raw`a\u001b[31mb\u0000\u007f\u0085`],
  ["a\u202eb\u2067c\u200f\u061c", String.raw`a\u202eb\u2067c\u200f\u061c`],
  ["pass\u200dword soft\u00adhyphen\ufeff", String.raw`pass\u200dword soft\u00adhyphen\ufeff`],
  ["a\u2069b \u2068", String.raw`a\u2069b \u2068`],
])(
  "characters that control a terminal, reorder or hide text are shown as codes: %j",
  (text, shown) => {
    expect(revealControls(text)).toBe(shown);
  },
);

test.each([
  "two\nlines\r\n\tindented",
  "שלום مرحبا",
  "می\u200cخواهم",
  "👩\u200d👧",
  "\u2068שלום…\u2069",
])("what belongs to writing stays as it is: %j", (text) => {
  expect(revealControls(text)).toBe(text);
});
