import { expect, test } from "vitest";
import type { Queue } from "@/lib/model/queue";
import { queueWith } from "@/testing/queue-with";
import { listConcerns } from "./concerns";

const NOW = Date.parse("2026-03-02T12:00:00.000Z");

const texts = (queues: Queue[]) => listConcerns(queues, NOW).map((concern) => concern.text);

test("a healthy queue has no concerns", () => {
  expect(texts([queueWith({ ready: 3, oldestReadyAt: "2026-03-02T11:59:58.000Z" })])).toEqual([]);
});

test("a backlog shows its age, and whether any worker is claiming", () => {
  const backlog = { ready: 1840, oldestReadyAt: "2026-03-02T11:34:00.000Z" };
  expect(texts([queueWith(backlog)])).toEqual([
    "1,840 tasks ready, oldest for 26 min, and no worker is claiming.",
  ]);
  expect(
    texts([queueWith({ ...backlog, active: { pending: 1840, running: 2, sleeping: 0 } })]),
  ).toEqual(["1,840 tasks ready, oldest for 26 min."]);
});

test("the most severe concern comes first, and a backlog hides overdue sleepers", () => {
  const backlog = { ready: 1, oldestReadyAt: "2026-03-02T11:34:00.000Z", overdueSleepers: 1 };
  expect(
    listConcerns(
      [
        queueWith(backlog),
        queueWith({ name: "media", expiredLeases: 3 }),
        queueWith({ unreadable: "not_permitted" }),
      ],
      NOW,
    ).map((concern) => concern.state),
  ).toEqual(["failed", "running", "pending"]);
});
