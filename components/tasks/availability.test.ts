import { expect, test } from "vitest";
import type { TaskState } from "@/lib/absurd/types";
import type { TaskDetail } from "@/lib/analytics/types";
import { availableActions } from "./availability";

const NOW = "2026-03-02T12:00:00.000Z";

function detail(state: TaskState, wakeEvent: string | null = null): TaskDetail {
  return {
    task: {
      queue: "orders",
      taskId: "t",
      name: "ship",
      state,
      attempts: 1,
      maxAttempts: null,
      enqueuedAt: NOW,
      firstStartedAt: null,
      cancelledAt: null,
      lastAttemptRun: "r",
      idempotencyKey: null,
      tenantId: null,
      workflowRunId: null,
      params: null,
      headers: null,
      retryStrategy: null,
      cancellation: null,
      result: null,
    },
    runs: [
      {
        runId: "r",
        taskId: "t",
        attempt: 1,
        state,
        claimedBy: null,
        claimExpiresAt: null,
        availableAt: NOW,
        startedAt: null,
        completedAt: null,
        failedAt: null,
        createdAt: NOW,
        wakeEvent,
        eventPayload: null,
        result: null,
        failureReason: null,
      },
    ],
    checkpoints: [],
    waits: [],
    eventsEmittedAt: {},
    now: NOW,
  };
}

const possible = (task: TaskDetail) => {
  const available = availableActions(task);
  return (["cancel", "retry", "reschedule", "emit"] as const).filter(
    (action) => available[action] === null,
  );
};

test.each<[TaskState, string | null, string[]]>([
  ["pending", null, ["cancel", "reschedule"]],
  ["running", null, ["cancel"]],
  ["running", "left over from a time-out", ["cancel"]],
  ["sleeping", null, ["cancel", "reschedule"]],
  ["sleeping", "paid:42", ["cancel", "reschedule", "emit"]],
  ["failed", null, ["retry"]],
  ["completed", null, []],
  ["cancelled", "paid:42", []],
])("a %s task that waits for %s allows %j", (state, event, actions) => {
  expect(possible(detail(state, event))).toEqual(actions);
});

test("what is not possible says why", () => {
  expect(availableActions(detail("running")).reschedule).toBe(
    "It runs now: there is no waiting to move.",
  );
  expect(availableActions(detail("completed")).retry).toBe(
    "Only a failed task can be retried; it is completed.",
  );
});
