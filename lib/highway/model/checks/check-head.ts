import type { Place } from "../fields.ts";
import { checkName, checkVersion } from "../names.ts";
import { isCron, listScheduledTimes } from "../schedule.ts";
import type { Workflow } from "../workflow.ts";
import { checkRetryPolicy } from "./check-operator.ts";

/** Reports a workflow's own fields that are of the right type but not allowed. */
export function checkHead(workflow: Workflow, place: Place, isBranch: boolean): void {
  const name = checkName(workflow.name);
  if (name) place.member("name").error("name", name, "such as order_intake");
  const version = checkVersion(workflow.version);
  if (version) place.member("version").error("version", version, 'such as "1.0.0"');
  const deadline = workflow.deadline_seconds;
  const atDeadline = place.member("deadline_seconds");
  if (deadline !== null && deadline <= 0)
    atDeadline.error("deadline", `deadline_seconds must be positive (got ${deadline})`);
  else if (deadline !== null && isBranch)
    atDeadline.warn(
      "branch_deadline_ignored",
      "A branch has no deadline of its own; only the whole run has one",
      "set it on the workflow, or use the timeout of the operator",
    );
  checkSchedule(workflow, place);
  checkRetryPolicy(workflow.default_retry_policy, place.member("default_retry_policy"));
}

/** Schedules are checked and shown, but not run yet. */
function checkSchedule(workflow: Workflow, place: Place): void {
  const { schedule, start_date } = workflow;
  const at = place.member("schedule");
  if (schedule !== null && !isCron(schedule))
    at.error(
      "bad_cron",
      `'${schedule}' is not a cron expression of five fields`,
      'minute hour day month weekday, such as "15 6 * * 1-5"',
    );
  else if (
    schedule !== null &&
    listScheduledTimes(workflow, { from: EARLY, count: 1 }).length === 0
  )
    at.warn("never_due", `'${schedule}' is never due: there is no such date`);
  if (schedule === null && workflow.catchup)
    place.member("catchup").warn("no_schedule", "has no effect without a schedule");
  if (schedule === null && start_date !== null)
    place.member("start_date").warn("no_schedule", "has no effect without a schedule");
  if (start_date !== null && !/(?:Z|[+-]\d\d:\d\d)$/.test(start_date))
    place
      .member("start_date")
      .warn("no_zone", "has no zone, so it is read as UTC", "such as 2026-03-01T06:15:00Z");
  if (workflow.max_active_runs < 1)
    place.member("max_active_runs").error("max_active_runs", "must be at least 1");
}

/** Any fixed instant; whether a schedule is ever due does not depend on today. */
const EARLY = new Date(0);
