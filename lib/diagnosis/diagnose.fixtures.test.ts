import { expect, test } from "vitest";
import { getRecording, listRecordings } from "../../testing/recordings.ts";
import { diagnose } from "./diagnose.ts";
import type { Tone } from "./parts.ts";
import { plainText } from "./parts.ts";

/** What is said about the rows of real workers, and which action is offered. Times are UTC. */
const SAID: Record<string, [Tone, string | null, string]> = {
  "backoff-exponential": [
    "plain",
    "run-now",
    "Retry 3 of 5 is due in 41 s (exponential 30 s × 2). Attempt 2 failed with GatewayError: gateway did not answer in 30 s.",
  ],
  "backoff-overdue": [
    "warning",
    null,
    "Retry 2 of 5: claimable for 1 min 35 s, and no worker of queue backoff-overdue has taken it. Attempt 1 failed with GatewayError: gateway did not answer in 30 s.",
  ],
  "cancelled-before-start": ["plain", "run-again", "Cancelled before it started."],
  "cancelled-in-backoff": ["plain", "run-again", "Cancelled before attempt 2 of 5 started."],
  "cancelled-instead-of-retried": [
    "bad",
    "run-again",
    "Cancelled instead of retried: the retry would have begun after its max_duration of 1 min. Attempt 2 of 5 had failed with GatewayError: gateway did not answer in 30 s.",
  ],
  "cancelled-max-delay": [
    "warning",
    "run-again",
    "Cancelled before it started, 15 s past its max_delay of 1 min.",
  ],
  "cancelled-running": [
    "plain",
    "run-again",
    "Cancelled while running. The worker was not stopped: it goes on until its next step, heartbeat or end, which the engine refuses.",
  ],
  "cancelled-sleeping": ["plain", "run-again", "Cancelled while sleeping in step cool-off."],
  "cancelled-waiting": [
    "plain",
    "run-again",
    "Cancelled while waiting for event payment.captured:42.",
  ],
  completed: ["good", null, "Completed in its first attempt, 7.1 s after it was spawned."],
  "completed-after-retries": [
    "good",
    null,
    "Completed after 2 attempts, 29.9 s after it was spawned.",
  ],
  "completed-slept-late": [
    "good",
    null,
    "Completed in its first attempt, 11 min 48 s after it was spawned.",
  ],
  "event-delivered": ["good", null, "Completed in its first attempt, 56 s after it was spawned."],
  "event-named-step": ["good", null, "Completed in its first attempt, 52 s after it was spawned."],
  "event-there-already": [
    "good",
    null,
    "Completed in its first attempt, 34 s after it was spawned.",
  ],
  "event-timed-out": [
    "plain",
    null,
    "Its wait for event payment.captured:42 timed out 20 s ago; no worker of queue event-timed-out has taken it since to carry on.",
  ],
  "event-timeout-caught": [
    "good",
    null,
    "Completed in its first attempt, 35 s after it was spawned. Its last wait, for event payment.captured:42, had timed out.",
  ],
  "event-timeout-failed": [
    "bad",
    "retry",
    "Failed in attempt 1 of 1: timed out waiting for event payment.captured:42. No attempts are left.",
  ],
  "event-timeout-rewaited": [
    "plain",
    "emit-event",
    "Waiting for event payment.captured:42 for 10 s. Nobody has emitted it; the wait times out in 19 s. The attempt has been suspended before: if its handler caught a time-out of this wait then, it now waits anew.",
  ],
  "event-too-late": [
    "plain",
    null,
    "Its wait for event payment.captured:42 timed out 15 s ago; no worker of queue event-too-late has taken it since to carry on. The event came at 14:00:40, too late for this wait.",
  ],
  "event-wait-forever": [
    "plain",
    "emit-event",
    "Waiting for event payment.captured:42 for 2 h. Nobody has emitted it; the wait has no time-out.",
  ],
  "event-wait-limited": [
    "plain",
    "emit-event",
    "Waiting for event payment.captured:42 for 45 s. Nobody has emitted it; the wait times out in 1 min 14 s.",
  ],
  "event-woken": [
    "plain",
    null,
    "Woken by payment.captured:42: claimable for 4 s, and no worker of queue event-woken has taken it.",
  ],
  "failed-exhausted": [
    "bad",
    "retry",
    "Failed in attempt 3 of 3 with GatewayError: gateway did not answer in 30 s. No attempts are left.",
  ],
  "failed-lease-lost": [
    "bad",
    "retry",
    "Failed in attempt 1 of 1: the lease of worker-7f expired at 14:01:01 without a heartbeat. No attempts are left.",
  ],
  "failed-out-of-time": [
    "bad",
    "run-again",
    "Failed in attempt 1 of 1 with GatewayError: gateway did not answer in 30 s. No attempts are left, and its max_duration is over: a retry in place would be cancelled at the next claim, so run it again as a new task.",
  ],
  "failed-strategy-invalid": [
    "bad",
    "run-again",
    "Failed in attempt 1 of 5 with GatewayError: gateway did not answer in 30 s. It was not retried although attempts are left, because its retry strategy is invalid: retry_strategy.base_seconds must be between 0 and 86400.",
  ],
  "failed-wrong-queue": [
    "bad",
    "retry",
    "Failed in attempt 1 of 1: workers of queue failed-wrong-queue have fulfil-order registered for another queue. No attempts are left.",
  ],
  forked: [
    "plain",
    "extend-lease",
    "Running on worker-a for 5 s. Last checkpoint charge-card 2 s ago. Lease expires in 0:58; without a heartbeat the attempt fails and the task is retried as attempt 2 of 5.",
  ],
  "lease-expired": [
    "warning",
    "extend-lease",
    "The lease of worker-a expired 15 s ago. The next claim on queue lease-expired fails this attempt, and the task is retried as attempt 2 of 5 after 30 s; until then the worker may still finish.",
  ],
  "order-with-everything": [
    "plain",
    "extend-lease",
    "Running on worker-b2 for 1 min 18 s. Last checkpoint courier.confirmed:ord_42 1 min 19 s ago. Lease expires in 0:42; without a heartbeat the attempt fails and the task is retried as attempt 4 of 5 after 2 min. Its max_duration leaves 41 min.",
  ],
  "poisoned-policy": [
    "bad",
    "cancel",
    "Its cancellation policy holds max_delay: 1.5, which is no whole number: while this task is active, every claim on queue poisoned-policy fails. Cancel it to free the queue.",
  ],
  "put-aside": [
    "plain",
    "run-now",
    "A worker put it aside 1 min 4 s ago, outside of a step, until 14:10:04: it comes up again in 8 min 59 s.",
  ],
  queued: ["plain", null, "Queued: claimable for 5 s, and no worker of queue queued has taken it."],
  "queued-max-delay-ahead": [
    "warning",
    null,
    "Queued: claimable for 1 min 30 s, and no worker of queue queued-max-delay-ahead has taken it. Unless it starts within 8 min 29 s, its max_delay cancels it.",
  ],
  "queued-max-delay-overdue": [
    "warning",
    "cancel",
    "Past its max_delay of 1 min since 14:01:00. The next claim on queue queued-max-delay-overdue cancels it; none has come for 30 s.",
  ],
  "retried-by-hand": [
    "plain",
    null,
    "Retried by hand as attempt 2 of 2: claimable for 8 s, and no worker of queue retried-by-hand has taken it. Attempt 1 failed with GatewayError: gateway did not answer in 30 s.",
  ],
  "retry-at-once": [
    "plain",
    null,
    "Retry 2 of 5: claimable for 3 s, and no worker of queue retry-at-once has taken it. Attempt 1 failed with GatewayError: gateway did not answer in 30 s.",
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
    "Running on worker-a for 18 s. Lease expires in 0:42; without a heartbeat the attempt fails and the task fails: no attempts are left. Its max_duration leaves 59 min.",
  ],
  "running-past-max-duration": [
    "warning",
    "cancel",
    "Past its max_duration of 30 s since 14:00:32. The next claim on queue running-past-max-duration cancels it; its worker then stops at its next call; none has come for 15 s.",
  ],
  "running-strategy-invalid": [
    "plain",
    "extend-lease",
    "Running on worker-a for 18 s. Lease expires in 0:42; without a heartbeat the attempt fails and the task fails for good, whatever attempts are left: retry_strategy.base_seconds must be between 0 and 86400.",
  ],
  "running-without-lease": [
    "warning",
    "cancel",
    "Running on worker-a for 11 min without a lease: if the worker is gone, nothing will take the task back.",
  ],
  "sleep-moved-to-now": [
    "plain",
    "extend-lease",
    "Running on worker-b for 3 s. Last checkpoint charge-card 1 s ago. Lease expires in 0:59; without a heartbeat the attempt fails and the task is retried as attempt 2 of 5.",
  ],
  "sleep-overdue": [
    "plain",
    null,
    "Its sleep cool-off is over: claimable for 38 s, and no worker of queue sleep-overdue has taken it.",
  ],
  "sleeping-durable": [
    "plain",
    "run-now",
    "Sleeping in step cool-off until 14:10:02, for another 6 min 39 s.",
  ],
  "suspension-swallowed": [
    "bad",
    "retry",
    'Failed in attempt 2 of 2 with error: Run "019cbd00-0000-7000-8000-000000000002" must be running to await events. No attempts are left. It failed while suspended: a catch around its sleep or wait swallowed the suspension. Let SuspendTask pass.',
  ],
  "unknown-task": [
    "warning",
    null,
    "A worker claimed it 6 s ago and put it back, as workers do that do not know the task fulfil-order; it comes up again in 11 s. Deploy a worker that registers fulfil-order.",
  ],
  "written-after-the-end": [
    "good",
    null,
    "Completed in its first attempt, 3 s after it was spawned. Step late was written 12 s after the end.",
  ],
};

test.each(Object.entries(SAID))("%s", (name, [tone, action, sentence]) => {
  const diagnosis = diagnose(getRecording(name));
  expect(plainText(diagnosis.parts, (iso) => iso.slice(11, 19))).toBe(sentence);
  expect(diagnosis.tone).toBe(tone);
  expect(diagnosis.action?.kind ?? null).toBe(action);
});

test("every recording is covered", () => {
  expect(listRecordings().sort()).toEqual(Object.keys(SAID).sort());
});
