import { expect, test } from "vitest";
import type { Count } from "@/lib/model/count";
import { describeDrain } from "./drain.ts";

const NOW = "2026-03-02T12:05:00.000Z";
const FROM = "2026-03-02T12:00:00.000Z";
const exact = (value: number): Count => ({ value, precision: "exact" });

test.each<[string, number, Count, number]>([
  ["Does not drain: nothing was claimed.", 1_840, exact(0), 0],
  ["Does not drain: nothing was claimed.", 1_840, exact(300), 0],
  ["Drains in ≈ 20 min at this rate.", 1_200, exact(300), 600],
  ["Drains in ≈ 1 min at this rate.", 3, exact(0), 600],
  ["Drains in ≈ 1 h 40 min at this rate.", 6_000, exact(0), 300],
  ["Drains in more than a day at this rate.", 50_000, exact(599), 600],
  ["Does not drain: as many arrive as are claimed.", 1_200, exact(600), 600],
  ["Grows by ≈ 60 a minute.", 1_200, exact(900), 600],
  ["Grows by ≈ 0.2 a minute.", 1_200, exact(601), 600],
  ["Grows by ≈ 9,880 a minute.", 1_200, { value: 50_000, precision: "capped" }, 600],
  [
    "Unknown: more arrived than are counted.",
    1_200,
    { value: 50_000, precision: "capped" },
    60_000,
  ],
])("%s", (sentence, ready, arrived, claimed) => {
  expect(describeDrain(ready, { arrived, claimed, from: FROM }, NOW)).toBe(sentence);
});
