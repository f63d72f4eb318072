import { expect, test } from "vitest";
import { countMinutes } from "./worker-table";

const at = (time: string) => `2026-03-02T${time}:00.000Z`;
const list = { from: at("10:00"), lookedBackTo: null, now: at("11:00") };
const seen = (first: string, last: string, running = 0) => ({
  ...{ firstSeenAt: at(first), lastSeenAt: at(last), running },
});

test("claims per minute are averaged over the time in which the worker was seen", () => {
  expect(countMinutes(seen("10:50", "10:55"), list)).toBe(5);
  expect(countMinutes(seen("10:50", "10:55", 1), list)).toBe(10);
  expect(countMinutes(seen("09:00", "10:30"), list)).toBe(30);
  expect(countMinutes(seen("10:50", "10:50"), list)).toBe(1);
  expect(countMinutes(seen("10:00", "10:58"), { ...list, lookedBackTo: at("10:40") })).toBe(18);
});
