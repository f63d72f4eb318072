import { expect, test } from "vitest";
import { getRecording } from "@/testing/recordings";
import { listDurations, preview, sumQuantities } from "./step-list";

const of = (text: string) => preview({ bytes: text.length, text });

test("a value's preview is its error, message or content, otherwise its first characters", () => {
  expect(of('{"id": 7, "message": "paid \\"twice\\"", "x": {}}')).toBe('paid "twice"');
  expect(of('{"content": "hello", "error": "declined"}')).toBe("declined");
  expect(of('{"message": 7}')).toBe('{"message": 7}');
  expect(of('{"inner": {"message": "not this"}}')).toBe('{"inner": {"message": "not this"}}');
  expect(of('["message", "x"]')).toBe('["message", "x"]');
  expect(of("x".repeat(500))).toHaveLength(160);
  expect([preview(null), preview({ bytes: 9_000 })]).toEqual(["", "large"]);
});

test("every recorded step has a duration, or an upper bound if its start isn't recorded", () => {
  const detail = getRecording("order-with-everything");
  const durations = listDurations(detail);
  expect(durations.size).toBeGreaterThan(2);
  for (const { ms } of durations.values()) expect(ms).toBeGreaterThanOrEqual(0);
  expect([...durations.values()].some(({ atMost }) => atMost)).toBe(true);
});

test("quantities in the values of several steps are summed by path, unlike other numbers", () => {
  const steps = [
    '{"usage": {"input_tokens": 1200, "outputTokens": 5, "cost": 0.1}, "totalCost": 2, "id": 7, "pages": [{"bytes": 10}, {"bytes": 20}]}',
    '{"usage": {"input_tokens": 34, "outputTokens": 6, "cost": 0.2}, "totalCost": 3, "id": 8, "pages": [{"bytes": 1}]}',
    '{"usage": {"input_tokens": "34"}, "once_count": 3, "year": 2026}',
    '"no object"',
  ].map((text) => ({ state: { bytes: text.length, text } }));
  const sums = sumQuantities([...steps, { state: null }, { state: { bytes: 9_000 } }]);
  expect(sums.map(({ path, steps }) => [path, steps])).toEqual([
    ["pages[].bytes", 2],
    ["totalCost", 2],
    ["usage.cost", 2],
    ["usage.input_tokens", 2],
    ["usage.outputTokens", 2],
  ]);
  expect(sums.map(({ total }) => Number(total.toPrecision(12)))).toEqual([31, 5, 0.3, 1234, 11]);
  const deep = { state: { bytes: 40_000, text: "[".repeat(20_000) + "]".repeat(20_000) } };
  expect(sumQuantities([deep, { state: { bytes: 1, text: "{" } }])).toEqual([]);
});
