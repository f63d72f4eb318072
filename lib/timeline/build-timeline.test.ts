import fc from "fast-check";
import { expect, test } from "vitest";
import type { Iso } from "@/lib/model/instants";
import { TASK_STATES } from "@/lib/model/states";
import type { Checkpoint, Run, TaskDetail } from "@/lib/model/task";
import { buildTimeline } from "./build-timeline.ts";

// Arbitrary rows, including ones that no engine writes: the timeline's invariants must hold for all of them.

const START = Date.parse("2026-03-02T12:00:00.000Z");
const instant = fc
  .integer({ min: 0, max: 10_000 })
  .map((s): Iso => new Date(START + s * 1000).toISOString());
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const payload = (text: string) => ({ bytes: text.length, text });
const state = fc.oneof(
  fc.constant(null),
  fc.constantFrom("1", "null", '"x"', '{"a":1}').map(payload),
  instant.map((iso) => payload(JSON.stringify(iso))),
);
const strategy = fc.constantFrom(
  null,
  payload('{"kind":"fixed","base_seconds":60}'),
  payload('{"kind":"exponential"}'),
  payload('"broken"'),
);

const run = fc.record({
  state: fc.constantFrom(...TASK_STATES),
  claimedBy: maybe(fc.constant("w1")),
  claimExpiresAt: maybe(instant),
  availableAt: fc.oneof(instant, fc.constant("infinity" as const)),
  startedAt: maybe(instant),
  completedAt: maybe(instant),
  failedAt: maybe(instant),
  createdAt: instant,
  wakeEvent: maybe(fc.constant("paid")),
  eventPayload: state,
  result: fc.constant(null),
  failureReason: fc.constantFrom(
    null,
    payload('{"name":"$ClaimTimeout","message":"m"}'),
    payload('"x"'),
  ),
});

const details: fc.Arbitrary<TaskDetail> = fc
  .record({
    state: fc.constantFrom(...TASK_STATES),
    enqueuedAt: instant,
    firstStartedAt: maybe(instant),
    cancelledAt: maybe(instant),
    retryStrategy: strategy,
    cancellation: fc.constantFrom(null, payload('{"max_duration":50}')),
    maxAttempts: maybe(fc.integer({ min: 1, max: 9 })),
    runs: fc.array(run, { maxLength: 4 }),
    checkpoints: fc.array(
      fc.record({
        name: fc.constantFrom("$awaitEvent:paid", "a", "b#2"),
        state,
        owner: fc.nat(4),
        updatedAt: instant,
      }),
      { maxLength: 12 },
    ),
    emittedAt: maybe(instant),
    waiting: fc.boolean(),
    now: instant,
  })
  .map((value) => {
    const runs = value.runs.map(
      (row, index): Run => ({ ...row, runId: `r${index + 1}`, taskId: "t", attempt: index + 1 }),
    );
    const checkpoints = value.checkpoints
      .map(
        (row, index): Checkpoint => ({
          name: `${row.name}${index}`,
          state: row.state,
          status: "committed",
          ownerRunId: row.owner === 0 ? null : `r${row.owner}`,
          updatedAt: row.updatedAt,
        }),
      )
      .sort((one, other) => one.updatedAt.localeCompare(other.updatedAt));
    return {
      task: {
        queue: "q",
        taskId: "t",
        name: "task",
        state: value.state,
        attempts: runs.length,
        maxAttempts: value.maxAttempts,
        enqueuedAt: value.enqueuedAt,
        firstStartedAt: value.firstStartedAt,
        cancelledAt: value.cancelledAt,
        lastAttemptRun: runs.at(-1)?.runId ?? null,
        idempotencyKey: null,
        tenantId: null,
        workflowRunId: null,
        params: null,
        headers: null,
        retryStrategy: value.retryStrategy,
        cancellation: value.cancellation,
        result: null,
      },
      runs,
      checkpoints,
      waits: value.waiting
        ? runs.map((row) => ({
            taskId: "t",
            runId: row.runId,
            stepName: "$awaitEvent:paid",
            eventName: "paid",
            timeoutAt: null,
            createdAt: value.now,
          }))
        : [],
      eventsEmittedAt: value.emittedAt ? { paid: value.emittedAt } : {},
      now: value.now,
    };
  });

const forEveryLane = (check: (lane: ReturnType<typeof buildTimeline>["lanes"][number]) => void) =>
  fc.assert(
    fc.property(details, (detail) => {
      buildTimeline(detail).lanes.forEach(check);
    }),
    { numRuns: 600 },
  );

test("the spans of a lane are ordered, touch each other and do not overlap", () =>
  forEveryLane(({ from, spans }) => {
    let at = from;
    for (const span of spans) {
      expect(span.from).toBe(at);
      expect(span.to).toBeGreaterThanOrEqual(span.from);
      at = span.to;
    }
  }));

test("the spans of a lane add up to its length", () =>
  forEveryLane(({ from, to, spans }) => {
    expect(spans.reduce((sum, span) => sum + span.to - span.from, 0)).toBe(to - from);
  }));

test("lanes lie within the task's lifetime, and planned times lie after them", () =>
  fc.assert(
    fc.property(details, (detail) => {
      const { from, to, lanes } = buildTimeline(detail);
      for (const lane of lanes) {
        expect(lane.from).toBeGreaterThanOrEqual(from);
        expect(lane.to).toBeLessThanOrEqual(to);
        for (const ahead of lane.ahead) expect(ahead.until).toBeGreaterThan(ahead.from);
      }
    }),
    { numRuns: 600 },
  ));

test("span ids are unique", () =>
  fc.assert(
    fc.property(details, (detail) => {
      const ids = buildTimeline(detail).lanes.flatMap((lane) => lane.spans.map((span) => span.id));
      expect(new Set(ids).size).toBe(ids.length);
    }),
  ));

test("every checkpoint of an attempt is drawn, replayed from a copy or marked as written late", () =>
  fc.assert(
    fc.property(details, (detail) => {
      for (const lane of buildTimeline(detail).lanes) {
        const own = detail.checkpoints.filter((row) => row.ownerRunId === lane.runId);
        const drawn = new Set(lane.spans.map((span) => ("step" in span ? span.step : null)));
        const rest = own.filter((row) => !drawn.has(row.name));
        const late = lane.markers.filter((marker) => marker.kind === "written-late");
        const copied = lane.spans.reduce(
          (sum, span) => sum + (span.kind === "replayed" ? span.copied : 0),
          0,
        );
        expect(late.filter((marker) => drawn.has(marker.label ?? null))).toEqual([]);
        // A copied sleep that continues is slept again.
        const sleepsAgain = copied > 0 && lane.spans.some((span) => span.kind === "sleep") ? 1 : 0;
        expect(late.length + copied).toBeGreaterThanOrEqual(rest.length);
        expect(late.length + copied).toBeLessThanOrEqual(rest.length + sleepsAgain);
      }
    }),
    { numRuns: 600 },
  ));

test("a later clock changes no attempt that has ended", () =>
  fc.assert(
    fc.property(details, fc.integer({ min: 0, max: 5_000 }), (detail, seconds) => {
      const later = new Date(Date.parse(detail.now) + seconds * 1000).toISOString();
      const ended = detail.runs.filter(
        (row) => row.state === "failed" && row.failedAt !== null && row.failedAt <= detail.now,
      );
      const closed = (now: Iso) =>
        buildTimeline(detail, now).lanes.filter((lane) =>
          ended.some((row) => row.runId === lane.runId),
        );
      expect(closed(later)).toEqual(closed(detail.now));
    }),
  ));
