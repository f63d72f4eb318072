import { isCron, isNeverDue } from "../cron.ts";
import type { Place } from "../fields.ts";
import { checkName, checkVersion } from "../names.ts";

import type { Workflow } from "../workflow.ts";
import { checkRetryPolicy } from "./check-operator.ts";

/** Reports a workflow's own fields that have the right type but an invalid value. */
export function checkHead(workflow: Workflow, place: Place, isBranch: boolean): void {
  checkIdentity(workflow, place);
  if (isBranch && workflow.deadline_seconds !== null)
    place
      .member("deadline_seconds")
      .warn(
        "branch_deadline_ignored",
        "A branch has no deadline of its own; only the whole run has one",
        "set it on the workflow, or use the timeout of the operator",
      );
  checkSchedule(workflow, place);
  checkRetryPolicy(workflow.default_retry_policy, place.member("default_retry_policy"));
}

/** Reports an invalid name, version or deadline; values of other types are reported elsewhere. */
export function checkIdentity(workflow: Record<string, unknown>, place: Place): void {
  const { name, version, deadline_seconds: deadline } = workflow;
  const badName = typeof name === "string" ? checkName(name) : undefined;
  if (badName) place.member("name").error("name", badName, "such as order_intake");
  const badVersion = typeof version === "string" ? checkVersion(version) : undefined;
  if (badVersion) place.member("version").error("version", badVersion, 'such as "1.0.0"');
  if (typeof deadline === "number" && Number.isInteger(deadline) && deadline <= 0)
    place
      .member("deadline_seconds")
      .error("deadline", `deadline_seconds must be positive (got ${deadline})`);
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
  else if (schedule !== null && isNeverDue(schedule))
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
