import { expect, test } from "vitest";
import { getRecording } from "@/testing/recordings";
import { listDurations, preview } from "./step-list";

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
