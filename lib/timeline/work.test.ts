import { expect, test } from "vitest";
import { getRecording } from "../../testing/recordings.ts";
import { computeWork } from "./work.ts";

test("work is the time between claim and end, without the backoff", () => {
  const detail = getRecording("completed-after-retries");
  const [first, last] = [detail.runs[0], detail.runs.at(-1)];
  const total = Date.parse(last?.completedAt ?? "") - Date.parse(first?.startedAt ?? "");
  const work = computeWork(detail);
  expect(work?.attempts).toBe(detail.runs.length);
  expect(work?.workedMs).toBeGreaterThan(0);
  expect(work?.workedMs).toBeLessThan(total / 2);
});

test.each([
  "completed-slept-late",
  "event-delivered",
  "failed-lease-lost",
  "order-with-everything",
])("%s: the work is not recorded", (name) => {
  expect(computeWork(getRecording(name))).toBeNull();
});
