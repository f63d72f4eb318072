import { expect, test } from "vitest";
import type { TaskState } from "@/lib/model/states";
import type { TaskDetail } from "@/lib/model/task";
import { availableActions, TASK_ACTIONS } from "./availability";

const NOW = "2026-03-02T12:00:00.000Z";

/** A task whose only attempt is in this state; only a pending one has not started. */
function detail(state: TaskState, wakeEvent: string | null = null): TaskDetail {
  const startedAt = state === "pending" ? null : NOW;
  return {
    task: {
      queue: "orders",
      taskId: "t",
      name: "ship",
      state,
      attempts: 1,
      maxAttempts: null,
      enqueuedAt: NOW,
      firstStartedAt: startedAt,
      cancelledAt: state === "cancelled" ? NOW : null,
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
        claimedBy: startedAt && "worker-1",
        claimExpiresAt: null,
        availableAt: NOW,
        startedAt,
        completedAt: state === "completed" ? NOW : null,
        failedAt: state === "failed" ? NOW : null,
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
  ["running", "left over from a timeout", ["cancel"]],
  ["sleeping", null, ["reschedule", "cancel"]],
  ["sleeping", "paid:42", ["reschedule", "emit", "cancel"]],
  ["failed", null, ["retry", "run-again"]],
  ["completed", null, ["run-again"]],
  ["cancelled", "paid:42", ["run-again"]],
])("a %s task waiting for %s allows %j", (state, event, actions) => {
  expect(possible(detail(state, event))).toEqual(actions);
});

test("an unavailable action has a reason", () => {
  expect(availableActions(detail("running")).reschedule).toBe(
    "Task is running; nothing to reschedule.",
  );
  expect(availableActions(detail("failed")).cancel).toBe("Not available: task has failed.");
  expect(availableActions(detail("completed")).retry).toBe(
    "Only failed tasks can be retried; this one has completed.",
  );
});

test("a lease can be extended while a worker holds it", () => {
  const task = detail("running");
  expect(availableActions(task)["extend-lease"]).toBe("Claimed without a lease.");
  task.runs = task.runs.map((run) => ({ ...run, claimExpiresAt: NOW }));
  expect(availableActions(task)["extend-lease"]).toBeNull();
  expect(availableActions(detail("pending"))["extend-lease"]).toBe("No worker has claimed it.");
});

test("a task can be forked once a step has completed", () => {
  const task = detail("failed");
  expect(availableActions(task).fork).toBe("No completed step.");
  const step = { name: "s", state: null, status: "committed", ownerRunId: "r", updatedAt: NOW };
  expect(availableActions({ ...task, checkpoints: [step] }).fork).toBeNull();
});

test("retry needs an engine that has the function", () => {
  expect(availableActions(detail("failed"), { hasVersionFunction: false }).retry).toContain(
    "0.2.0",
  );
});
