import { expect, test } from "vitest";
import type { Queue } from "@/lib/model/queue";
import { queueWith } from "@/testing/queue-with";
import { concernsOf } from "./concerns";
import { addCounts } from "./list/state-count";

const NOW = Date.parse("2026-03-02T12:00:00.000Z");

const texts = (queues: Queue[]) => concernsOf(queues, NOW).map((concern) => concern.text);

test("a healthy queue needs no words", () => {
  expect(texts([queueWith({ ready: 3, oldestReadyAt: "2026-03-02T11:59:58.000Z" })])).toEqual([]);
});

test("work that nobody takes is told with its age, and that nothing runs", () => {
  expect(texts([queueWith({ ready: 1840, oldestReadyAt: "2026-03-02T11:34:00.000Z" })])).toEqual([
    "1,840 tasks can run, the oldest has waited 26 min and nothing runs: is there a worker?",
  ]);
});

test("the worst comes first, and a stuck queue is not also told of its sleepers", () => {
  const stuck = { ready: 1, oldestReadyAt: "2026-03-02T11:34:00.000Z", overdueSleepers: 1 };
  expect(
    concernsOf(
      [
        queueWith(stuck),
        queueWith({ name: "media", expiredLeases: 3 }),
        queueWith({ unreadable: "no rights" }),
      ],
      NOW,
    ).map((concern) => concern.state),
  ).toEqual(["failed", "running", "pending"]);
});

test("a sum is no better than its worst part", () => {
  expect(
    addCounts([
      { value: 1, precision: "exact" },
      { value: 2, precision: "estimated" },
    ]),
  ).toEqual({
    value: 3,
    precision: "estimated",
  });
  expect(addCounts([])).toEqual({ value: 0, precision: "exact" });
});
