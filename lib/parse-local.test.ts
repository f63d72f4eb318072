import { expect, test } from "vitest";
import { parseLocal } from "./parse-local";

test.each([
  ["2026-03-02T14:20:31", "UTC", "2026-03-02T14:20:31.000Z"],
  ["2026-07-01T00:30", "Europe/Berlin", "2026-06-30T22:30:00.000Z"],
  ["2026-03-29T03:30:00", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
  ["2026-10-25T04:00:00", "Europe/Berlin", "2026-10-25T03:00:00.000Z"],
  ["soon", "UTC", null],
])("%s in %s is the instant %s", (local, zone, iso) => {
  expect(parseLocal(local, zone)).toBe(iso);
});
