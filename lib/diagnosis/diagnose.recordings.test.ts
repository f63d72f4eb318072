import { expect, test } from "vitest";
import { getRecording, listRecordings } from "../../testing/recordings.ts";
import { diagnose } from "./diagnose.ts";
import type { Tone } from "./sentence.ts";
import { plainText } from "./sentence.ts";

/** The verdict on rows written by real workers, and the suggested action. Times are UTC. */
const VERDICTS: Record<string, [Tone, string | null, string]> = {
  "backoff-exponential": [
    "plain",
    "run-now",
    "Retry 3 of 5 in 41 s (exponential 30 s × 2). Attempt 2 failed with GatewayError: gateway did not answer in 30 s.",
  ],
  "backoff-overdue": [
    "warning",
    null,
    "Retry 2 of 5: ready for 1 min 35 s, not claimed yet. Attempt 1 failed with GatewayError: gateway did not answer in 30 s.",
  ],
  "cancelled-before-start": ["plain", "run-again", "Cancelled before it started."],
  "cancelled-in-backoff": ["plain", "run-again", "Cancelled before attempt 2 of 5 started."],
  "cancelled-instead-of-retried": [
    "bad",
    "run-again",
    "Cancelled: the next retry would have exceeded max_duration (1 min). Attempt 2 of 5 failed with GatewayError: gateway did not answer in 30 s.",
  ],
  "cancelled-max-delay": [
    "warning",
    "run-again",
    "Cancelled before it started, 15 s past its max_delay (1 min).",
  ],
  "cancelled-running": [
    "plain",
    "run-again",
    "Cancelled while running. The worker can continue until its next step, heartbeat or completion, which the engine rejects.",
  ],
  "cancelled-sleeping": ["plain", "run-again", "Cancelled while sleeping in step cool-off."],
  "cancelled-waiting": [
    "plain",
    "run-again",
    "Cancelled while waiting for event payment.captured:42.",
  ],
  completed: ["good", null, "Completed on the first attempt, 7.1 s after it was spawned."],
  "completed-after-retries": [
    "good",
    null,
    "Completed after 2 attempts, 29.9 s after it was spawned.",
  ],
  "completed-slept-late": [
    "good",
    null,
    "Completed on the first attempt, 11 min 48 s after it was spawned.",
  ],
  "event-delivered": ["good", null, "Completed on the first attempt, 56 s after it was spawned."],
  "event-named-step": ["good", null, "Completed on the first attempt, 52 s after it was spawned."],
  "event-there-already": [
    "good",
    null,
    "Completed on the first attempt, 34 s after it was spawned.",
  ],
  "event-timed-out": [
    "plain",
    null,
    "The wait for event payment.captured:42 timed out 20 s ago; waiting for a worker.",
  ],
  "event-timeout-caught": [
    "good",
    null,
    "Completed on the first attempt, 35 s after it was spawned. Its last wait, for event payment.captured:42, timed out.",
  ],
  "event-timeout-failed": [
    "bad",
    "retry",
    "Failed on attempt 1 of 1: timed out waiting for event payment.captured:42. No attempts left.",
  ],
  "event-timeout-rewaited": [
    "plain",
    "emit-event",
    "Waiting for event payment.captured:42 for 10 s. Not emitted yet; times out in 19 s. The attempt was suspended before; if its handler caught a timeout of this wait, it is waiting again.",
  ],
  "event-too-late": [
    "plain",
    null,
    "The wait for event payment.captured:42 timed out 15 s ago; waiting for a worker. The event was emitted at 14:00:40, too late for this wait.",
  ],
  "event-wait-forever": [
    "plain",
    "emit-event",
    "Waiting for event payment.captured:42 for 2 h. Not emitted yet; no timeout.",
  ],
  "event-wait-limited": [
    "plain",
    "emit-event",
    "Waiting for event payment.captured:42 for 45 s. Not emitted yet; times out in 1 min 14 s.",
  ],
  "event-woken": ["plain", null, "Woken by payment.captured:42 4 s ago, waiting for a worker."],
  "failed-exhausted": [
    "bad",
    "retry",
    "Failed on attempt 3 of 3 with GatewayError: gateway did not answer in 30 s. No attempts left.",
  ],
  "failed-lease-lost": [
    "bad",
    "retry",
    "Failed on attempt 1 of 1: the lease of worker-7f expired at 14:01:01 without a heartbeat. No attempts left.",
  ],
  "failed-out-of-time": [
    "bad",
    "run-again",
    "Failed on attempt 1 of 1 with GatewayError: gateway did not answer in 30 s. No attempts left, and max_duration has passed: a retry in place would be cancelled at the next claim, so run it again as a new task.",
  ],
  "failed-strategy-invalid": [
    "bad",
    "run-again",
    "Failed on attempt 1 of 5 with GatewayError: gateway did not answer in 30 s. Not retried although attempts are left, because its retry strategy is invalid: retry_strategy.base_seconds must be between 0 and 86400.",
  ],
  "failed-wrong-queue": [
    "bad",
    "retry",
    "Failed on attempt 1 of 1: workers of queue failed-wrong-queue have fulfil-order registered for another queue. No attempts left.",
  ],
  forked: [
    "plain",
    "extend-lease",
    "Running on worker-a for 5 s. Last checkpoint charge-card 2 s ago. Lease expires in 0:58; without a heartbeat the attempt fails and the task is retried as attempt 2 of 5.",
  ],
  "lease-expired": [
    "warning",
    "extend-lease",
    "The lease of worker-a expired 15 s ago. The next claims on queue lease-expired fail this attempt, and the task is retried as attempt 2 of 5 after 30 s; the worker can still finish before that.",
  ],
  "order-with-everything": [
    "plain",
    "extend-lease",
    "Running on worker-b2 for 1 min 18 s. Last checkpoint courier.confirmed:ord_42 1 min 19 s ago. Lease expires in 0:42; without a heartbeat the attempt fails and the task is retried as attempt 4 of 5 after 2 min. 41 min left of max_duration.",
  ],
  "poisoned-policy": [
    "bad",
    "cancel",
    "Its cancellation policy has max_delay: 1.5, which is not a whole number. Every claim on queue poisoned-policy fails while this task is active; cancel it to unblock the queue.",
  ],
  "put-aside": [
    "plain",
    "run-now",
    "Deferred by a worker 1 min 4 s ago, outside a step, until 14:10:04; ready again in 8 min 59 s.",
  ],
  queued: ["plain", null, "Ready for 5 s, not claimed yet."],
  "queued-max-delay-ahead": [
    "warning",
    null,
    "Ready for 1 min 30 s, not claimed yet. Cancelled by max_delay unless it starts within 8 min 29 s.",
  ],
  "queued-max-delay-overdue": [
    "warning",
    "cancel",
    "Past its max_delay (1 min) since 14:01:00. The next claim on queue queued-max-delay-overdue cancels it. No claim in the last 30 s.",
  ],
  "retried-by-hand": [
    "plain",
    null,
    "Retried manually as attempt 2 of 2: ready for 8 s, not claimed yet. Attempt 1 failed with GatewayError: gateway did not answer in 30 s.",
  ],
  "retry-at-once": [
    "plain",
    null,
    "Retry 2 of 5: ready for 3 s. Attempt 1 failed with GatewayError: gateway did not answer in 30 s.",
  ],
  "returned-a-date": [
    "plain",
    "extend-lease",
    "Running on worker-a for 7 s. Last checkpoint plan-delivery 5 s ago. Lease expires in 0:55; without a heartbeat the attempt fails and the task is retried as attempt 2 of 5.",
  ],
  running: [
    "plain",
    "extend-lease",
    "Running on worker-a for 21 s. Last checkpoint reserve-stock 18 s ago. Lease expires in 0:42; without a heartbeat the attempt fails and the task is retried as attempt 2 of 5.",
  ],
  "running-last-attempt": [
    "plain",
    "extend-lease",
    "Running on worker-a for 18 s. Lease expires in 0:42; without a heartbeat the attempt fails and the task fails: no attempts left. 59 min left of max_duration.",
  ],
  "running-past-max-duration": [
    "warning",
    "cancel",
    "Past its max_duration (30 s) since 14:00:32. The next claim on queue running-past-max-duration cancels it, and its worker stops at its next call. No claim in the last 15 s.",
  ],
  "running-strategy-invalid": [
    "plain",
    "extend-lease",
    "Running on worker-a for 18 s. Lease expires in 0:42; without a heartbeat the attempt fails and the task fails even with attempts left, because its retry strategy is invalid: retry_strategy.base_seconds must be between 0 and 86400.",
  ],
  "running-without-lease": [
    "warning",
    "cancel",
    "Running on worker-a for 11 min without a lease: if the worker is gone, nothing recovers the task.",
  ],
  "sleep-moved-to-now": [
    "plain",
    "extend-lease",
    "Running on worker-b for 3 s. Last checkpoint charge-card 1 s ago. Lease expires in 0:59; without a heartbeat the attempt fails and the task is retried as attempt 2 of 5.",
  ],
  "sleep-overdue": ["plain", null, "Sleep cool-off ended 38 s ago; waiting for a worker."],
  "sleeping-durable": [
    "plain",
    "run-now",
    "Sleeping in step cool-off until 14:10:02, for another 6 min 39 s.",
  ],
  "suspension-swallowed": [
    "bad",
    "retry",
    'Failed on attempt 2 of 2 with error: Run "019cbd00-0000-7000-8000-000000000002" must be running to await events. No attempts left. It failed while suspended: a catch block around its sleep or wait swallowed the suspension. Rethrow SuspendTask.',
  ],
  "unknown-task": [
    "warning",
    null,
    "Claimed 6 s ago and deferred by a worker that seems not to know the task fulfil-order; ready again in 11 s. Deploy a worker that registers fulfil-order.",
  ],
  "written-after-the-end": [
    "good",
    null,
    "Completed on the first attempt, 3 s after it was spawned. Step late was written 12 s after the end.",
  ],
};

test.each(Object.entries(VERDICTS))("%s", (name, [tone, action, sentence]) => {
  const diagnosis = diagnose(getRecording(name));
  expect(plainText(diagnosis.parts, (iso) => iso.slice(11, 19))).toBe(sentence);
  expect(diagnosis.tone).toBe(tone);
  expect(diagnosis.action?.kind ?? null).toBe(action);
});

test("every recording is covered", () => {
  expect(listRecordings().sort()).toEqual(Object.keys(VERDICTS).sort());
});
