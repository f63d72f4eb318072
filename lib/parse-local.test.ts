import { expect, test } from "vitest";
import { parseLocal, parseTime } from "./parse-local";

test.each([
  ["2026-03-02T14:20:31", "UTC", "2026-03-02T14:20:31.000Z"],
  ["2026-03-02 14:20:31", "UTC", "2026-03-02T14:20:31.000Z"],
  ["2026-07-01 00:30", "Europe/Berlin", "2026-06-30T22:30:00.000Z"],
  ["2026-03-29T03:30:00", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
  ["2026-10-25T04:00:00", "Europe/Berlin", "2026-10-25T03:00:00.000Z"],
  ["2028-02-29 12:00", "UTC", "2028-02-29T12:00:00.000Z"],
  // Skipped hours move forward; repeated hours use the first occurrence, on both sides of Greenwich.
  ["2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
  ["2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
  ["2026-10-25 03:00", "Europe/Berlin", "2026-10-25T02:00:00.000Z"],
  ["2026-03-08 02:30", "America/New_York", "2026-03-08T07:30:00.000Z"],
  ["2026-11-01 01:30", "America/New_York", "2026-11-01T05:30:00.000Z"],
  ["2026-04-05 01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00.000Z"],
])("%s in %s is the instant %s", (local, zone, iso) => {
  expect(parseLocal(local, zone)).toBe(iso);
});

test.each([
  "",
  "soon",
  "2026-03-02",
  "2026-03-02 14",
  "2026-03-02 14:2",
  "2026-02-30 12:00",
  "2026-13-01 12:00",
  "2026-03-02 24:00",
  "0002-03-14 12:00",
  "20260-03-14 12:00",
  "2026-03-02 14:20:31.5",
  "2026-03-02 14:20 Europe/Berlin",
])("“%s” is not a time", (local) => {
  expect(parseLocal(local, "America/New_York")).toBeNull();
});

test("no unfinished text throws", () => {
  const typed = "2027-03-14 20:27:59";
  for (let length = 0; length < typed.length; length += 1)
    expect(() => parseLocal(typed.slice(0, length), "America/New_York")).not.toThrow();
  for (const odd of ["0001-01-01T00:00", "9999-12-31 23:59", "+10000-01-01T00:00"])
    expect(() => parseLocal(odd, "Pacific/Kiritimati")).not.toThrow();
});

test.each([
  ["in 5 min", "2026-03-28T23:05:00.000Z"],
  ["In 1 h 30 min", "2026-03-29T00:30:00.000Z"],
  ["in 1h30m", "2026-03-29T00:30:00.000Z"],
  ["in  2d12h", "2026-03-31T11:00:00.000Z"],
  ["in 45s", "2026-03-28T23:00:45.000Z"],
  ["in 2 d", "2026-03-30T23:00:00.000Z"],
  // It is the 29th in Berlin, where the clock changes that night.
  ["today 09:00", "2026-03-29T07:00:00.000Z"],
  ["tomorrow 09:00", "2026-03-30T07:00:00.000Z"],
  [" tomorrow 00:30:15 ", "2026-03-29T22:30:15.000Z"],
  ["2026-03-29 12:00", "2026-03-29T10:00:00.000Z"],
  ["in 5 minutes", "2026-03-28T23:05:00.000Z"],
  ["in 1 hour 30 mins", "2026-03-29T00:30:00.000Z"],
  ["in 1 day 2 hrs 1 sec", "2026-03-30T01:00:01.000Z"],
  ["in 10m", "2026-03-28T23:10:00.000Z"],
  ["tomorrow 9:00", "2026-03-30T07:00:00.000Z"],
  ["Tomorrow at 09:00", "2026-03-30T07:00:00.000Z"],
  // As this page and other programs print it.
  ["2026-03-29T12:00:00Z", "2026-03-29T12:00:00.000Z"],
  ["2026-03-29 12:00:00.123456 UTC", "2026-03-29T12:00:00.123Z"],
  ["2026-03-29T12:00+05:30", "2026-03-29T06:30:00.000Z"],
  ["2026-03-29T12:00:00-0800", "2026-03-29T20:00:00.000Z"],
])("“%s” is a time", (text, iso) => {
  expect(parseTime(text, "Europe/Berlin", "2026-03-28T23:00:00.000Z")).toBe(iso);
});

test.each([
  "in",
  "in 5",
  "in min",
  "in 5 weeks",
  "tomorrow",
  "tomorrow 9",
  "tomorrow 25:00",
  "in 5 mi",
  "in5min",
  "in 5 5 min",
  "2026-02-30T12:00Z",
  "2026-03-29T12:00+05",
  "2026-03-29T12:00+25:00",
  "1969-12-31T23:00Z",
  "in 999999 d 999999 d",
  "now",
])("“%s” is not a time", (text) => {
  const parsed = parseTime(text, "UTC", "2026-03-28T23:00:00.000Z");
  expect(parsed === null || !Number.isNaN(Date.parse(parsed))).toBe(true);
  if (!text.includes("999999")) expect(parsed).toBeNull();
});
