import { Cron } from "croner";
import { isCron } from "./cron.ts";
import { toDate } from "./instant.ts";
import type { Workflow } from "./workflow.ts";

/** Whether text names a time zone of the platform's database, such as `UTC` or `Europe/Berlin`. */
export function isTimeZone(text: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: text }));
  } catch {
    return false;
  }
}

/** One time at which a schedule is due. */
export type ScheduledTime = {
  /** ISO 8601 in UTC. */
  at: string;
  /**
   * `shifted`: the clock skips the schedule's wall time that day, so the time is the one after the gap. `once`:
   * the clock shows it twice, and the schedule counts the first. Absent on all other days.
   */
  change?: "shifted" | "once";
};

/**
 * The next times of a schedule after `from`, not before the workflow's `start_date`: ten by default, fewer if
 * there are no more. Wall times are those of `timeZone`, UTC by default. A fixed time that the clock skips moves
 * to after the gap; times with a wildcard for the minute are dropped there. `catchup`, `is_paused` and
 * `max_active_runs` do not change the times. Empty without a schedule, or with an invalid one. No run is started
 * at these times yet.
 */
export function listScheduledTimes(
  workflow: Pick<Workflow, "schedule" | "start_date">,
  options: { from: Date; timeZone?: string; count?: number },
): ScheduledTime[] {
  const { from, timeZone = "UTC", count = 10 } = options;
  const { schedule, start_date: start } = workflow;
  if (schedule === null || !isCron(schedule) || !isTimeZone(timeZone)) return [];
  const cron = new Cron(schedule.trim(), { timezone: timeZone, mode: "5-part", paused: true });
  // A millisecond earlier, so that a time exactly at the start date counts.
  const begin = start === null ? from : new Date(Math.max(+from, +toDate(start) - 1));
  return cron.nextRuns(count, begin).map((date) => {
    const change = findChange(cron, date, timeZone);
    return { at: date.toISOString(), ...(change && { change }) };
  });
}

const HOUR = 3_600_000;

function findChange(cron: Cron, date: Date, timeZone: string): ScheduledTime["change"] {
  if (!cron.match(date)) return "shifted";
  // Zones set their clocks back by half an hour or an hour.
  const repeats = [HOUR / 2, HOUR].map((step) => new Date(+date + step));
  const again = repeats.find((one) => toWallTime(one, timeZone) === toWallTime(date, timeZone));
  return again && !isDue(cron, again) ? "once" : undefined;
}

function isDue(cron: Cron, date: Date): boolean {
  return cron.nextRun(new Date(+date - 1))?.getTime() === +date;
}

function toWallTime(date: Date, timeZone: string): string {
  return date.toLocaleString("en-GB", { timeZone });
}
