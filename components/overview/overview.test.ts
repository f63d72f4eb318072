import { expect, test } from "vitest";
import { placeOnScale } from "@/components/charts/log-range";
import type { Throughput } from "@/lib/analytics/overview";
import { queueWith } from "@/testing/scenes/queue-with";
import { namePath } from "./latency-panel";
import { pickBusiest } from "./queue-health";
import { bucketStart, toSeries } from "./throughput-series";

function throughput(queues: Record<string, { completed: number[]; failed: number[] }>): Throughput {
  return {
    window: "1h",
    from: "2026-03-02T11:00:00.000Z",
    stepSeconds: 60,
    queues: Object.entries(queues).map(([name, counts]) => ({ name, running: [0, 1], ...counts })),
    now: "2026-03-02T12:00:00.000Z",
    unreadable: [],
  };
}

test("the busiest queues keep their order and always include unreadable ones", () => {
  const queues = [
    queueWith({ name: "a" }),
    queueWith({ name: "b", ready: 5 }),
    queueWith({ name: "c", unreadable: "not_permitted" }),
    queueWith({ name: "d" }),
    queueWith({ name: "e", active: { pending: 0, running: 1, sleeping: 9 } }),
  ];
  const figures = throughput({ d: { completed: [9, 9], failed: [0, 0] } });
  expect(pickBusiest(queues, figures, 3).map(({ name }) => name)).toEqual(["b", "c", "d"]);
  expect(pickBusiest(queues, undefined, 9)).toHaveLength(5);
});

test("the chart sums the queues", () => {
  const figures = throughput({
    a: { completed: [1, 2], failed: [0, 1] },
    b: { completed: [3, 4], failed: [1, 0] },
  });
  expect(toSeries(figures).map(({ name, values }) => [name, values])).toEqual([
    ["failed", [1, 1]],
    ["completed", [4, 6]],
    ["running", [0, 2]],
  ]);
  expect(bucketStart(figures, 2)).toBe("2026-03-02T11:02:00.000Z");
});

test("durations outside the scale are clamped to its ends", () => {
  expect(placeOnScale(0)).toBe(placeOnScale(10));
  expect(placeOnScale(10)).toBeLessThan(placeOnScale(1_000));
  expect(placeOnScale(1_800_000)).toBe(placeOnScale(9e9));
});

test("a task name links to its tasks, unless it is cut", () => {
  expect(namePath("ship", "1h")).toBe("/tasks?name=ship&range=1h");
  expect(namePath(`${"n".repeat(500)}...`, "1h")).toBeNull();
});
