import { expect, test } from "vitest";
import { parseLocal } from "./parse-local";

test.each([
  ["2026-03-02T14:20:31", "UTC", "2026-03-02T14:20:31.000Z"],
  ["2026-03-02 14:20:31", "UTC", "2026-03-02T14:20:31.000Z"],
  ["2026-07-01 00:30", "Europe/Berlin", "2026-06-30T22:30:00.000Z"],
  ["2026-03-29T03:30:00", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
  ["2026-10-25T04:00:00", "Europe/Berlin", "2026-10-25T03:00:00.000Z"],
  ["2028-02-29 12:00", "UTC", "2028-02-29T12:00:00.000Z"],
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
