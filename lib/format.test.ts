import { expect, test } from "vitest";
import {
  formatBytes,
  formatCount,
  formatInstant,
  formatRelative,
  formatShortAge,
  formatShortId,
  isTimeZone,
  plural,
} from "./format";

test.each([
  [-125_000, "2 m 05 s ago"],
  [3_400, "in 3 s"],
  [-400, "now"],
  [-90_000_000, "1 d 1 h ago"],
])("%i ms from now reads %s", (ms, text) => {
  expect(formatRelative(ms)).toBe(text);
});

test.each([
  [24_900, "24 s"],
  [71_000, "1 m 11 s"],
  [600_000, "10 m"],
  [3_600_000 * 30, "30 h"],
  [86_400_000 * 3, "3 d"],
  [-5, "0 s"],
])("an age of %i ms reads %s", (ms, text) => {
  expect(formatShortAge(ms)).toBe(text);
});

test("an instant is printed in the zone asked for, on a 24-hour clock", () => {
  expect(formatInstant("2026-03-01T23:30:05.007Z", "UTC")).toBe("2026-03-01 23:30:05.007");
  expect(formatInstant("2026-03-01T23:30:05.007Z", "Asia/Kolkata")).toBe("2026-03-02 05:00:05.007");
  expect(formatInstant("2026-03-01T00:00:00.000Z", "UTC")).toBe("2026-03-01 00:00:00.000");
});

test("an unknown zone falls back to UTC and what is no instant stays as it is", () => {
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
])("a count says how far it can be trusted", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [412, "412 B"],
  [1_240, "1.2 kB"],
  [30_000_000, "30 MB"],
])("%i bytes read %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("ids are shortened, short ones kept", () => {
  expect(formatShortId("01a2f6c2-71d0-7e3a-9b14-5f0c88e1a42d")).toBe("01a2f6c2…a42d");
  expect(formatShortId("abc")).toBe("abc");
  expect(plural(1, "task")).toBe("1 task");
  expect(plural(2000, "task")).toBe("2,000 tasks");
});
