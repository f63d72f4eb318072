import { expect, test } from "vitest";
import { BULK_ACTIONS, type BulkAction } from "@/lib/model/rows/bulk";
import { TASK_STATES, type TaskState } from "@/lib/model/states";
import { whyNotEligible } from "./eligibility";

const NOW = "2026-03-02T12:00:00.000Z";
const LATER = "2026-03-02T13:00:00.000Z";
const task = (state: TaskState, wakeEvent: string | null = null, availableAt = LATER) => ({
  state,
  run: { wakeEvent, availableAt },
});

test.each<[BulkAction, TaskState[]]>([
  ["cancel", ["pending", "running", "sleeping"]],
  ["retry", ["failed"]],
  ["run-again", ["completed", "failed", "cancelled"]],
  ["run-now", ["pending", "sleeping"]],
])("%s acts on %j", (action, states) => {
  const eligible = TASK_STATES.filter((state) => whyNotEligible(action, task(state), NOW) === null);
  expect(eligible).toEqual(states);
});

test("run now applies only to tasks that wait for a time", () => {
  expect(whyNotEligible("run-now", task("pending", null, NOW), NOW)).toBe("already ready");
  expect(whyNotEligible("run-now", task("sleeping", "paid"), NOW)).toContain("waits for an event");
  expect(whyNotEligible("run-now", task("sleeping", null, "infinity"), NOW)).toBeNull();
});

test("a reason names the state, for every action", () => {
  for (const action of BULK_ACTIONS)
    for (const state of TASK_STATES) {
      const reason = whyNotEligible(action, task(state), NOW);
      if (reason !== null) expect(reason).toContain(state);
    }
});
