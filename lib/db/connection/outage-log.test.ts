import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createOutageLog } from "./outage-log";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const denied = Object.assign(new Error("permission denied for table bulk_job of s3cret"), {
  code: "42501",
});

test("an outage of a day logs a few lines and one when it ends, with retries at growing intervals", () => {
  const lines: string[] = [];
  const outage = createOutageLog("bulk operations", (line) => lines.push(line));
  outage.recovered();
  expect(lines).toEqual([]);
  const delays: number[] = [];
  for (const end = performance.now() + 86_400_000; performance.now() < end; ) {
    const delay = outage.failed(denied);
    delays.push(delay);
    vi.advanceTimersByTime(delay);
  }
  expect(delays.slice(0, 6)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
  expect(Math.max(...delays)).toBe(30_000);
  expect(lines.length).toBeLessThan(35);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ outage: "bulk operations", code: "42501" });
  expect(lines.join()).not.toContain("s3cret");

  const before = lines.length;
  outage.recovered();
  outage.recovered();
  expect(lines.slice(before).map((line) => JSON.parse(line))).toEqual([
    { recovered: "bulk operations", seconds: expect.any(Number), failures: delays.length },
  ]);
});

test("a second outage is reported at once, and its first retries are close together again", () => {
  const lines: string[] = [];
  const outage = createOutageLog("reader", (line) => lines.push(line));
  for (let n = 0; n < 10; n++) outage.failed(denied);
  outage.recovered();
  expect(outage.failed(denied)).toBe(1_000);
  expect(lines).toHaveLength(3);
});
