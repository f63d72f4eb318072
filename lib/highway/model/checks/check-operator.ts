import { parseDuration } from "../duration.ts";
import type { Place } from "../fields.ts";
import { parseWaitFor } from "../wait-for.ts";
import type { Operator, RetryPolicy } from "../workflow.ts";

/** Reports values of one operator that are of the right type and make no sense. */
export function checkOperator(operator: Operator, place: Place): void {
  checkRetryPolicy(operator.retry_policy, place.member("retry_policy"));
  if (operator.timeout_policy && !isPositive(operator.timeout_policy.timeout))
    place.member("timeout_policy").member("timeout").error("timeout", "must be more than 0");
  switch (operator.operator_type) {
    case "wait":
      checkWait(operator.wait_for, place.member("wait_for"));
      break;
    case "parallel":
      if (Object.keys({ ...operator.branches, ...operator.branch_workflows }).length === 0)
        place.warn("parallel_without_branches", "has no branches, so it does nothing");
      checkSeconds(operator.timeout, place.member("timeout"));
      break;
    case "foreach":
    case "while":
      if (operator.loop_body.length === 0)
        place.member("loop_body").warn("empty_loop_body", "is empty, so the loop does nothing");
      break;
    case "switch":
      if (Object.keys(operator.cases).length === 0)
        place
          .member("cases")
          .warn("switch_without_cases", "is empty, so there is nothing to choose");
      break;
    case "wait_for_event":
      checkSeconds(operator.timeout_seconds, place.member("timeout_seconds"));
      break;
  }
}

/** Reports a policy that cannot be followed. */
export function checkRetryPolicy(policy: RetryPolicy | null, place: Place): void {
  if (!policy) return;
  if (policy.max_retries < 0)
    place.member("max_retries").error("negative_retry", "must be 0 or more", "0 is no retry");
  if (policy.backoff_factor <= 0)
    place
      .member("backoff_factor")
      .error("backoff_factor", "must be more than 0", "1 keeps the delay, 2 doubles it");
  if ((parseDuration(policy.delay) ?? 0) < 0)
    place.member("delay").error("negative_delay", "must not be negative");
}

function checkWait(text: string, place: Place): void {
  const wait = parseWaitFor(text);
  if (wait?.kind === "duration" && wait.seconds < 0)
    place.error("negative_delay", "must not be negative");
  if (wait?.kind === "text" && !/^\s*(\{\{.*\}\}|\$\{.*\})\s*$/s.test(text))
    place.warn(
      "wait_for_text",
      `'${text}' is neither a duration, a time nor a template`,
      'such as "PT15M", "2026-03-01T06:15:00Z" or "{{inputs.delay}}"; for an event use wait_for_event',
    );
}

function checkSeconds(seconds: number | null, place: Place): void {
  if (seconds !== null && seconds <= 0)
    place.error("timeout", "must be more than 0", "leave it out to wait for ever");
}

function isPositive(duration: string): boolean {
  return (parseDuration(duration) ?? 0) > 0;
}
