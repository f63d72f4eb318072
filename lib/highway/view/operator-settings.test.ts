import { expect, test } from "vitest";
import { parseWorkflow } from "../language/parse.ts";
import { listSettings } from "./operator-settings.ts";

/** The settings of an operator `a`, by label. */
function settingsOf(fields: Record<string, unknown>): Record<string, string> {
  const a = { task_id: "a", operator_type: "task", function: "f", ...fields };
  const document = { name: "flow", version: "1", start_task: "a", tasks: { a } };
  const { workflow } = parseWorkflow(JSON.stringify(document), { format: "json" });
  if (!workflow) throw new Error("not a workflow");
  const settings = listSettings(workflow).a ?? [];
  return Object.fromEntries(settings.map(({ label, value }) => [label, value]));
}

test("durations are in the words of the console", () => {
  const settings = settingsOf({
    retry_policy: { max_retries: 2, delay: "PT0.2S", backoff_factor: 1.5 },
    timeout_policy: { timeout: "PT10M" },
  });
  expect(settings).toMatchObject({
    Retries: "2, the first after 200 ms, then × 1.5",
    Timeout: "10 min",
  });
});

test.each([
  [1, 1, "opens after 1 failure for 10 min, closes after 1 success"],
  [5, 2, "opens after 5 failures for 10 min, closes after 2 successes"],
])("a circuit breaker counts %i failures and %i successes", (failures, successes, words) => {
  const policy = {
    failure_threshold: failures,
    success_threshold: successes,
    isolation_duration: "PT10M",
  };
  expect(settingsOf({ circuit_breaker_policy: policy })).toMatchObject({
    "Circuit breaker": words,
  });
});

test.each([
  ["PT0.2S", "200 ms"],
  ["PT1H30M", "1 h 30 min"],
  ["{{ pause }}", "{{ pause }}"],
])("a wait for %s shows %s", (text, words) => {
  const settings = settingsOf({ operator_type: "wait", wait_for: text });
  expect(settings).toMatchObject({ "Wait for": words });
});
