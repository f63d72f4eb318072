import { expect, test } from "vitest";
import type { TaskState } from "@/lib/model/states";
import type { TaskDetail } from "@/lib/model/task";
import { availableActions, TASK_ACTIONS } from "./availability";

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
  return TASK_ACTIONS.filter((action) => available[action] === null);
};

test.each<[TaskState, string | null, string[]]>([
  ["pending", null, ["reschedule", "cancel"]],
  ["running", null, ["cancel"]],
  ["running", "left over from a time-out", ["cancel"]],
  ["sleeping", null, ["reschedule", "cancel"]],
  ["sleeping", "paid:42", ["reschedule", "emit", "cancel"]],
  ["failed", null, ["retry", "run-again"]],
  ["completed", null, ["run-again"]],
  ["cancelled", "paid:42", ["run-again"]],
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

test("a lease can be extended while a worker holds one", () => {
  const task = detail("running");
  expect(availableActions(task)["extend-lease"]).toBe("It was claimed without a lease.");
  task.runs = task.runs.map((run) => ({ ...run, claimExpiresAt: NOW }));
  expect(availableActions(task)["extend-lease"]).toBeNull();
  expect(availableActions(detail("pending"))["extend-lease"]).toBe("No worker holds it.");
});

test("a task can be forked once it has stored a step", () => {
  const task = detail("failed");
  expect(availableActions(task).fork).toBe("It has no stored step.");
  const step = { name: "s", state: null, status: "committed", ownerRunId: "r", updatedAt: NOW };
  expect(availableActions({ ...task, checkpoints: [step] }).fork).toBeNull();
});

test("an engine without a function says so", () => {
  expect(availableActions(detail("failed"), { tellsVersion: false }).retry).toContain("0.2.0");
});
