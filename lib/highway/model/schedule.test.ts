import { expect, test } from "vitest";
import { isCron, isNeverDue } from "./cron.ts";
import { isTimeZone, listScheduledTimes } from "./schedule.ts";

const times = (
  schedule: string,
  from: string,
  timeZone = "UTC",
  start_date: string | null = null,
) => listScheduledTimes({ schedule, start_date }, { from: new Date(from), timeZone });

test("ten times after an instant, in UTC unless a zone is given", () => {
  const all = times("15 6 * * 1-5", "2026-03-06T06:15:00Z");
  expect(all).toHaveLength(10);
  expect(all.slice(0, 2)).toEqual([
    { at: "2026-03-09T06:15:00.000Z" },
    { at: "2026-03-10T06:15:00.000Z" },
  ]);
  const [first] = times("15 6 * * *", "2026-03-06T06:15:00Z", "Asia/Kathmandu");
  expect(first).toEqual({ at: "2026-03-07T00:30:00.000Z" });
});

test("no time is before the start date; one at the start date counts", () => {
  const [first] = times("0 0 * * *", "2026-01-01T00:00:00Z", "UTC", "2026-05-01T00:00:00Z");
  expect(first?.at).toBe("2026-05-01T00:00:00.000Z");
  const [naive] = times("0 0 * * *", "2026-01-01T00:00:00Z", "UTC", "2026-05-01T00:00:01");
  expect(naive?.at).toBe("2026-05-02T00:00:00.000Z");
});

test("a time in an hour that the clock skips is shifted, and marked", () => {
  expect(times("30 2 * * *", "2026-03-28T00:00:00Z", "Europe/Berlin").slice(0, 3)).toEqual([
    { at: "2026-03-28T01:30:00.000Z" },
    { at: "2026-03-29T01:00:00.000Z", change: "shifted" },
    { at: "2026-03-30T00:30:00.000Z" },
  ]);
});

test("a time in a repeated hour is due once, and marked", () => {
  expect(times("30 2 * * *", "2026-10-24T12:00:00Z", "Europe/Berlin").slice(0, 2)).toEqual([
    { at: "2026-10-25T00:30:00.000Z", change: "once" },
    { at: "2026-10-26T01:30:00.000Z" },
  ]);
  const halfHour = times("45 1 * * *", "2026-04-04T00:00:00Z", "Australia/Lord_Howe");
  expect(halfHour[0]).toMatchObject({ change: "once" });
});

test("an hourly schedule is due in both of them", () => {
  expect(times("30 * * * *", "2026-10-25T00:00:00Z", "Europe/Berlin").slice(0, 3)).toEqual([
    { at: "2026-10-25T00:30:00.000Z" },
    { at: "2026-10-25T01:30:00.000Z" },
    { at: "2026-10-25T02:30:00.000Z" },
  ]);
});

test("there are none without a schedule, for an invalid or never due one, or an unknown zone", () => {
  const from = { from: new Date(0) };
  expect(listScheduledTimes({ schedule: null, start_date: null }, from)).toEqual([]);
  expect(times("61 * * * *", "2026-01-01T00:00:00Z")).toEqual([]);
  expect(times("0 0 31 2 *", "2026-01-01T00:00:00Z")).toEqual([]);
  expect(times("0 0 * * *", "2026-01-01T00:00:00Z", "Mars/Olympus")).toEqual([]);
  expect([isTimeZone("Europe/Berlin"), isTimeZone("Mars/Olympus")]).toEqual([true, false]);
});

test.each(["* * * * *", "*/5 0-12/2 1,15 jan-MAR 0,7", "0 0 * * sun"])("%s is cron", (text) => {
  expect(isCron(text)).toBe(true);
  expect(times(text, "2026-01-01T00:00:00Z")).toHaveLength(10);
});

test.each(["", "* * * *", "* * * * * *", "5/15 * * * *", "9-5 * * * *", "60 * * * *", "* * * * 8"])(
  "'%s' is not cron",
  (text) => {
    expect(isCron(text)).toBe(false);
  },
);

test("dates that do not exist are never due", () => {
  const schedules = [
    "0 0 31 2 *",
    "0 0 30,31 feb *",
    "0 0 31 4-4 *",
    "0 0 31 */2 *",
    "0 0 29 2 *",
    "0 0 31 2 1",
  ];
  expect(schedules.map(isNeverDue)).toEqual([true, true, true, false, false, false]);
  for (const schedule of schedules)
    expect(times(schedule, "2026-01-01T00:00:00Z").length === 0).toBe(isNeverDue(schedule));
});
