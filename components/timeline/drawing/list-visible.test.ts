import { expect, test } from "vitest";
import { createScale } from "@/lib/timeline/axis/scale";
import type { Span } from "@/lib/timeline/model";
import { listVisible } from "./list-visible";

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

test("10,000 steps are reduced to one per pixel", () => {
  const kept = listVisible(steps(10_000), createScale({ from: 0, to: 10_000 }, 500));
  expect(kept.length).toBeGreaterThan(490);
  expect(kept.length).toBeLessThanOrEqual(501);
});

test("all steps are kept while there is space, and none outside the window", () => {
  expect(listVisible(steps(100), createScale({ from: 0, to: 100 }, 500))).toHaveLength(100);
  expect(listVisible(steps(100), createScale({ from: 50.5, to: 60.5 }, 500))).toHaveLength(11);
});
