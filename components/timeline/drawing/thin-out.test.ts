import { expect, test } from "vitest";
import { createScale } from "@/lib/timeline/axis/scale";
import type { Span } from "@/lib/timeline/model";
import { thinOut } from "./thin-out";

const steps = (count: number): Span[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: "step",
    step: `${index}`,
    id: `${index}`,
    from: index,
    to: index + 1,
    start: "inferred",
    end: "exact",
  }));

test("of 10,000 steps no more are drawn than there are pixels", () => {
  const kept = thinOut(steps(10_000), createScale({ from: 0, to: 10_000 }, 500));
  expect(kept.length).toBeGreaterThan(490);
  expect(kept.length).toBeLessThanOrEqual(501);
});

test("none is lost while there is room, and none outside of the window is drawn", () => {
  expect(thinOut(steps(100), createScale({ from: 0, to: 100 }, 500))).toHaveLength(100);
  expect(thinOut(steps(100), createScale({ from: 50.5, to: 60.5 }, 500))).toHaveLength(11);
});
