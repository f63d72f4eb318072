import { expect, test } from "vitest";
import { getRecording, listRecordings } from "../../testing/recordings.ts";
import { buildTimeline } from "./build-timeline.ts";
import { labelStep } from "./labels.ts";
import type { Ahead, Lane, Span } from "./model.ts";

/**
 * How rows of real workers are drawn, one line per attempt. Lengths are in seconds. `~` before a span marks an
 * inferred start, after it an inferred end; `…` marks an open end. Planned times follow `>>`; markers are in
 * braces.
 */
const DRAWN: Record<string, string[]> = {
  "backoff-exponential": [
    "queued 0 | failure 0.5 {failed gateway did not answer in 30 s}",
    "backoff 30~ | ~queued 30 | failure 0.5 {failed gateway did not answer in 30 s}",
    "backoff 18… >> backoff 42",
  ],
  "backoff-overdue": [
    "queued 0 | failure 0.5 {failed gateway did not answer in 30 s}",
    "backoff 30 | queued 95…",
  ],
  "cancelled-before-start": ["queued 5 {cancelled}"],
  "cancelled-in-backoff": [
    "queued 0 | failure 0.5 {failed gateway did not answer in 30 s}",
    "backoff 30… {cancelled}",
  ],
  "cancelled-instead-of-retried": [
    "queued 1 | failure 0.5 {failed gateway did not answer in 30 s}",
    "backoff 50~ | ~queued 2 | failure 0.5 {failed gateway did not answer in 30 s}",
  ],
  "cancelled-max-delay": ["queued 75 {cancelled}"],
  "cancelled-running": ["queued 1 | step(validate-order) 0.6 | ~working 20 {cancelled}"],
  "cancelled-sleeping": ["queued 0 | working 0 | sleep(cool-off) 30 {cancelled}"],
  "cancelled-waiting": ["queued 0 | ~event-wait(payment.captured:42) 30 {cancelled}"],
  completed: [
    "queued 1.5 | step(validate-order) 0.6 | ~step(charge-card) 4.8 | ~working 0.2 {completed}",
  ],
  "completed-after-retries": [
    "queued 0 | step(validate-order) 0.6 | ~failure 2 {failed card service unavailable}",
    "backoff 20~ | ~queued 2.5 | replayed(1 from 1) 0 | step(charge-card) 4.8 | ~working 0 {completed}",
  ],
  "completed-slept-late": [
    "queued 0 | step(validate-order) 0.6 | ~working 0 | sleep(cool-off) 600 | ~working 5 | sleep(second-thought) 60 | late 38 | step(charge-card) 4.8 | ~working 0 {completed}",
  ],
  "event-delivered": [
    "queued 1 | step(charge-card) 3 | ~event-wait(payment.captured:42) 30 | queued 2~ | step(pack-items) 20 | ~working 0 {emitted payment.captured:42, completed}",
  ],
  "event-named-step": [
    "queued 0 | ~event-wait(wait-for-money) 30 | queued 2~ | step(pack-items) 20 | ~working 0 {emitted, completed}",
  ],
  "event-there-already": [
    "queued 30 | step(charge-card) 3 | ~step(payment.captured:42) 0 | ~working 1 {completed}",
  ],
  "event-timed-out": ["queued 0 | working 0 | event-wait(payment.captured:42) 30 | late 20…"],
  "event-timeout-caught": [
    "queued 0 | ~timed-out-wait(payment.captured:42) 32 | working 3 {completed}",
  ],
  "event-timeout-failed": [
    'queued 0 | ~timed-out-wait(payment.captured:42) 32 | failure 0 {failed Timed out waiting for event "payment.captured:42"}',
  ],
  "event-timeout-rewaited": [
    "queued 0 | ~event-wait(approved:42) 92 | queued 1~ | working 0 | event-wait(payment.captured:42) 10… >> event-wait 20 {emitted approved:42}",
  ],
  "event-too-late": ["queued 0 | ~event-wait(payment.captured:42) 30 | late 15…"],
  "event-wait-forever": [
    "queued 0 | step(validate-order) 0.6 | ~working 0 | event-wait(payment.captured:42) 7200… >> event-wait ∞",
  ],
  "event-wait-limited": [
    "queued 0 | working 0 | event-wait(payment.captured:42) 45… >> event-wait 75",
  ],
  "event-woken": [
    "queued 0 | ~event-wait(payment.captured:42) 30 | queued 4… {emitted payment.captured:42}",
  ],
  "failed-exhausted": [
    "queued 0 | failure 0.5 {failed gateway did not answer in 30 s}",
    "backoff 5~ | ~queued 2 | failure 0.5 {failed gateway did not answer in 30 s}",
    "backoff 10~ | ~queued 2 | failure 0.5 {failed gateway did not answer in 30 s}",
  ],
  "failed-lease-lost": [
    "queued 1 | step(validate-order) 0.6 | ~lost 60 | expired 20 {lease-expired worker-7f}",
  ],
  "failed-out-of-time": ["queued 0 | failure 0.5 {failed gateway did not answer in 30 s}"],
  "failed-strategy-invalid": ["queued 0 | failure 0.5 {failed gateway did not answer in 30 s}"],
  "failed-wrong-queue": ["queued 0 | failure 0 {failed Misconfigured task (queue mismatch)}"],
  forked: ["queued 4 | replayed(2 from copies) 0 | step(charge-card) 3 | ~working 2… >> lease 58"],
  "lease-expired": [
    "queued 2 | step(validate-order) 0.6 | ~working 60 | expired 15… {lease-expired worker-a}",
  ],
  "order-with-everything": [
    "queued 12 | step(validate-order) 0.6 | ~step(reserve-stock) 2.6 | ~working 0 | sleep(cool-off) 600 | late 38 | failure 30.2 {failed gateway did not answer in 30 s}",
    "backoff 30~ | ~replayed(3 from 1) 0 | ~step(charge-card) 7.3 | ~event-wait(payment.captured:ord_42) 88 | queued 1.9~ | lost 60 | expired 3 {emitted payment.captured:ord_42, lease-expired worker-3c}",
    "backoff 60~ | ~replayed(5 from 1+2) 0 | ~step(pack-items) 25.7 | ~step(book-courier) 6.5 | ~event-wait(courier.confirmed:ord_42) 58.5 | queued 1.2~ | working 78… >> lease 42 {emitted courier.confirmed:ord_42}",
  ],
  "poisoned-policy": ["queued 5…"],
  "put-aside": ["queued 0 | ~deferred 64… >> deferred 540"],
  queued: ["queued 5…"],
  "queued-max-delay-ahead": ["queued 90…"],
  "queued-max-delay-overdue": ["queued 90…"],
  "retried-by-hand": [
    "queued 0 | failure 0.5 {failed gateway did not answer in 30 s}",
    "queued 8…",
  ],
  "retry-at-once": ["queued 0 | failure 0.5 {failed gateway did not answer in 30 s}", "queued 3…"],
  "returned-a-date": ["queued 0 | step(plan-delivery) 2 | ~working 5… >> lease 55"],
  running: [
    "queued 2 | step(validate-order) 0.6 | ~step(reserve-stock) 2.6 | ~working 18… >> lease 42",
  ],
  "running-last-attempt": ["queued 2 | working 18… >> lease 42"],
  "running-past-max-duration": ["queued 2 | working 45… >> lease 15"],
  "running-strategy-invalid": ["queued 2 | working 18… >> lease 42"],
  "running-without-lease": ["queued 2 | working 700…"],
  "sleep-moved-to-now": [
    "queued 0 | working 0 | sleep(cool-off) 100 | late 3 | step(charge-card) 2 | ~working 1… >> lease 59",
  ],
  "sleep-overdue": ["queued 0 | working 0 | sleep(cool-off) 60 | late 38…"],
  "sleeping-durable": [
    "queued 2 | step(validate-order) 0.6 | ~working 0 | sleep(cool-off) 200… >> sleep 400",
  ],
  "suspension-swallowed": [
    'queued 0 | working 0 | sleep(cool-off) 1 {failed Run "019cbd00-0000-7000-8000-000000000003" must be running to await events}',
    'queued 0 | replayed(1 from 1) 0 | unknown 1 {failed Run "019cbd00-0000-7000-8000-000000000002" must be running to await events}',
  ],
  "unknown-task": ["queued 10 | unknown 40 | ~deferred 6… >> deferred 12"],
  "written-after-the-end": ["queued 0 | working 3 {completed, written-late late}"],
};

test.each(Object.entries(DRAWN))("%s", (name, lanes) => {
  expect(buildTimeline(getRecording(name)).lanes.map(describeLane)).toEqual(lanes);
});

test("a claim dated before its run was inserted still counts as a recorded start", () => {
  const detail = getRecording("completed-after-retries");
  const runs = detail.runs.map((run) =>
    run.attempt === 2 && run.startedAt
      ? { ...run, createdAt: new Date(Date.parse(run.startedAt) + 1).toISOString() }
      : run,
  );
  expect(buildTimeline({ ...detail, runs }).lanes.map(describeLane)[1]).toBe(
    "replayed(1 from 1) 0 | step(charge-card) 4.8 | ~working 0 {completed}",
  );
});

test("every recording is covered", () => {
  expect(listRecordings().sort()).toEqual(Object.keys(DRAWN).sort());
});

function describeLane(lane: Lane): string {
  const spans = lane.spans.map(describeSpan).join(" | ");
  const ahead = lane.ahead.map(describeAhead).join(", ");
  const markers = lane.markers.map(({ kind, label }) => (label ? `${kind} ${label}` : kind));
  const rest = [ahead && `>> ${ahead}`, markers.length > 0 && `{${markers.join(", ")}}`];
  return [`${spans}`, ...rest].filter(Boolean).join(" ");
}

function describeSpan(span: Span): string {
  const end = { exact: "", inferred: "~", open: "…" }[span.end];
  return `${span.start === "inferred" ? "~" : ""}${name(span)} ${seconds(span.to - span.from)}${end}`;
}

function name(span: Span): string {
  if ("step" in span) return `${span.kind}(${labelStep(span.step)})`;
  if (span.kind === "timed-out-wait") return `${span.kind}(${span.event})`;
  if (span.kind === "replayed")
    return `replayed(${span.count} from ${span.attempts.join("+") || "copies"})`;
  return span.kind;
}

function describeAhead({ kind, from, until }: Ahead): string {
  return `${kind} ${Number.isFinite(until) ? seconds(until - from) : "∞"}`;
}

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}
