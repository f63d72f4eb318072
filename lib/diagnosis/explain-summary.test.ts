import { describe, expect, test } from "vitest";
import { PART_TASK } from "@/lib/model/interpreter";
import type { RunSummary, TaskSummary } from "@/lib/model/task";
import { explainSummary } from "./explain-summary.ts";
import { plainText } from "./sentence.ts";

const NOW = "2026-03-02T12:00:00.000Z";
const ago = (seconds: number) => new Date(Date.parse(NOW) - seconds * 1000).toISOString();

function summary(task: Partial<TaskSummary>, run: Partial<RunSummary> = {}): TaskSummary {
  const state = task.state ?? "pending";
  return {
    queue: "orders",
    taskId: "019cbd00-0000-7000-8000-000000000001",
    name: "charge-card",
    state,
    attempts: 1,
    maxAttempts: 5,
    enqueuedAt: ago(300),
    firstStartedAt: null,
    endedAt: null,
    tenantId: null,
    workflowRunId: null,
    run: {
      runId: "019cbd00-0000-7000-8000-000000000002",
      state,
      claimedBy: null,
      claimExpiresAt: null,
      availableAt: ago(5),
      startedAt: null,
      wakeEvent: null,
      errorName: null,
      errorMessage: null,
      ...run,
    },
    ...task,
  };
}

const SLEEPING = { state: "sleeping" } as const;
const INTERPRETED = { name: PART_TASK, workflowRunId: "019cbd00-0000-7000-8000-000000000003" };
const RUNNING = { state: "running" } as const;
const FAILED = { state: "failed", attempts: 5 } as const;

describe("the explanation in a list row", () => {
  test.each<[string, string, TaskSummary]>([
    ["ready for 5 s", "plain", summary({})],
    ["ready for 1 min 30 s", "warning", summary({}, { availableAt: ago(90) })],
    ["retry 2 of 5 ready for 5 s", "plain", summary({ attempts: 2 })],
    ["woken · ready for 5 s", "plain", summary({}, { startedAt: ago(100) })],
    [
      "waiting for paid:42 · no timeout",
      "plain",
      summary(SLEEPING, { wakeEvent: "paid:42", availableAt: "infinity" }),
    ],
    [
      "waiting for paid:42 · times out in 1 min",
      "plain",
      summary(SLEEPING, { wakeEvent: "paid:42", availableAt: ago(-60) }),
    ],
    // The interpreter wakes every few seconds to poll; that does not time out the wait.
    [
      "waiting for paid:42",
      "plain",
      summary({ ...SLEEPING, ...INTERPRETED }, { wakeEvent: "paid:42", availableAt: ago(-3) }),
    ],
    [
      "waiting for paid:42 · ready for 5 s",
      "plain",
      summary({ ...SLEEPING, ...INTERPRETED }, { wakeEvent: "paid:42", availableAt: ago(5) }),
    ],
    [
      "timed out waiting for paid:42 · ready for 5 s",
      "plain",
      summary(SLEEPING, { wakeEvent: "paid:42" }),
    ],
    [
      "retry 4 of 5 in 22 s",
      "plain",
      summary({ ...SLEEPING, attempts: 4 }, { availableAt: ago(-22) }),
    ],
    [
      "retry 4 in 22 s",
      "plain",
      summary({ ...SLEEPING, attempts: 4, maxAttempts: null }, { availableAt: ago(-22) }),
    ],
    [
      "sleeping, wakes in 22 s",
      "plain",
      summary(SLEEPING, { availableAt: ago(-22), startedAt: ago(9) }),
    ],
    ["overdue to wake by 5 s", "plain", summary(SLEEPING, { startedAt: ago(9) })],
    [
      "sleeping, no wake time",
      "warning",
      summary(SLEEPING, { startedAt: ago(9), availableAt: "infinity" }),
    ],
    [
      "running 1 min 18 s · lease 0:42",
      "plain",
      summary(RUNNING, { startedAt: ago(78), claimExpiresAt: ago(-42) }),
    ],
    [
      "lease expired 8 s ago",
      "warning",
      summary(RUNNING, { startedAt: ago(78), claimExpiresAt: ago(8) }),
    ],
    ["running 1 min 18 s · no lease", "warning", summary(RUNNING, { startedAt: ago(78) })],
    [
      "an unknown time after it was spawned",
      "plain",
      summary({ state: "completed", enqueuedAt: "infinity", endedAt: "infinity" }),
    ],
    ["4 min after it was spawned", "plain", summary({ state: "completed", endedAt: ago(60) })],
    [
      "4 min after it was spawned · 3 attempts",
      "plain",
      summary({ state: "completed", endedAt: ago(60), attempts: 3 }),
    ],
    [
      "TimeoutError: no answer",
      "bad",
      summary(FAILED, { errorName: "TimeoutError", errorMessage: "no answer" }),
    ],
    [
      "lease of w-7 expired",
      "bad",
      summary(FAILED, { errorName: "$ClaimTimeout", claimedBy: "w-7" }),
    ],
    ["failed without an error", "bad", summary(FAILED)],
    [
      "Error: x · not retried, attempts left",
      "bad",
      summary({ state: "failed" }, { errorName: "Error", errorMessage: "x" }),
    ],
    ["cancelled before it started", "plain", summary({ state: "cancelled" })],
    ["cancelled", "plain", summary({ state: "cancelled", firstStartedAt: ago(9) })],
    [
      "max_duration reached after Error: x",
      "bad",
      summary({ state: "cancelled" }, { state: "failed", errorName: "Error", errorMessage: "x" }),
    ],
    ["task is running, last attempt is failed", "warning", summary(RUNNING, { state: "failed" })],
    ["no attempts recorded", "warning", summary({ run: null })],
  ])("%s (%s)", (text, tone, task) => {
    const explanation = explainSummary(task, NOW);
    expect(plainText(explanation.parts)).toBe(text);
    expect(explanation.tone).toBe(tone);
  });

  test("names from the engine or the user are code", () => {
    const { parts } = explainSummary(
      summary(SLEEPING, { wakeEvent: "paid:42", availableAt: "infinity" }),
      NOW,
    );
    expect(parts).toContainEqual({ kind: "code", text: "paid:42" });
  });
});

describe("between two readings of a row", () => {
  test.each<[string, string, TaskSummary]>([
    [
      "running 33 s · lease 0:00",
      "plain",
      summary(RUNNING, { startedAt: ago(3), claimExpiresAt: ago(-20) }),
    ],
    [
      "lease expired 35 s ago",
      "warning",
      summary(RUNNING, { startedAt: ago(90), claimExpiresAt: ago(5) }),
    ],
    ["retry 2 of 5 now", "plain", summary({ ...SLEEPING, attempts: 2 }, { availableAt: ago(-10) })],
    [
      "sleeping, wakes now",
      "plain",
      summary(SLEEPING, { startedAt: ago(60), availableAt: ago(-30) }),
    ],
    [
      "waiting for paid:42 · times out now",
      "plain",
      summary(SLEEPING, { wakeEvent: "paid:42", availableAt: ago(-1) }),
    ],
    ["ready for 1 min 25 s", "plain", summary({}, { availableAt: ago(55) })],
    [
      "overdue to wake by 1 min 25 s",
      "plain",
      summary(SLEEPING, { startedAt: ago(90), availableAt: ago(55) }),
    ],
  ])("ages keep running, but nothing expires unseen: %s", (text, tone, task) => {
    const explanation = explainSummary(task, ago(-30), NOW);
    expect([plainText(explanation.parts), explanation.tone]).toEqual([text, tone]);
  });

  test("a clock behind the reading counts to the reading", () => {
    const task = summary(RUNNING, { startedAt: ago(3), claimExpiresAt: ago(-20) });
    expect(plainText(explainSummary(task, ago(10), NOW).parts)).toBe("running 3 s · lease 0:20");
  });
});
