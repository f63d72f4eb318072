import { isCron } from "../cron.ts";
import type { Place } from "../fields.ts";
import { checkName, checkVersion } from "../names.ts";
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

function checkSchedule(workflow: Workflow, place: Place): void {
  if (workflow.schedule !== null && !isCron(workflow.schedule))
    place
      .member("schedule")
      .error(
        "bad_cron",
        `'${workflow.schedule}' is not a cron expression of five fields`,
        'minute hour day month weekday, such as "15 6 * * 1-5"',
      );
  if (workflow.max_active_runs < 1)
    place.member("max_active_runs").error("max_active_runs", "must be at least 1");
}
