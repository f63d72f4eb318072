import { expect, test } from "vitest";
import type { ClaimFacts, Queue } from "@/lib/model/queue";
import type { FailureGroup } from "@/lib/model/rows/failure";
import { queueWith } from "@/testing/scenes/queue-with";
import { describeAllClear, describeConsumer, listConcerns } from "./concerns";

const NOW = "2026-03-02T12:00:00.000Z";
const ago = (seconds: number) => new Date(Date.parse(NOW) - seconds * 1000).toISOString();

const CLAIMS: ClaimFacts = { running: 0, workers: 0, lastClaim: null, complete: true, poison: [] };
const BACKLOG = { ready: 1840, oldestReadyAt: ago(26 * 60) };

const texts = (...queues: Queue[]) =>
  listConcerns({ queues, now: NOW }).map((concern) => concern.text);

test("a healthy queue has no concerns", () => {
  expect(texts(queueWith({ ready: 3, oldestReadyAt: ago(2) }))).toEqual([]);
});

test("a backlog shows its age, and whether any worker is claiming", () => {
  const with_ = (claims: Partial<ClaimFacts> | null) =>
    texts(queueWith({ ...BACKLOG, claims: claims && { ...CLAIMS, ...claims } }));
  expect(with_(null)).toEqual(["1,840 tasks ready, oldest for 26 min."]);
  expect(with_({})).toEqual([
    "1,840 tasks ready, oldest for 26 min, and no worker is claiming: no claim is on record.",
  ]);
  expect(with_({ lastClaim: { at: ago(1800), worker: "w-1" } })).toEqual([
    "1,840 tasks ready, oldest for 26 min, and no worker is claiming: last claim 30 min ago by w-1.",
  ]);
  expect(with_({ lastClaim: { at: ago(1800), worker: null }, complete: false })).toEqual([
    "1,840 tasks ready, oldest for 26 min, and no claim seen since: last claim seen 30 min ago.",
  ]);
  expect(with_({ complete: false })).toEqual([
    "1,840 tasks ready, oldest for 26 min, and no claim seen since, or before.",
  ]);
  expect(with_({ lastClaim: { at: ago(1), worker: "w-1" } })).toEqual([
    "1,840 tasks ready, oldest for 26 min; last claim 1 s ago by w-1.",
  ]);
  expect(with_({ running: 2, workers: 1, lastClaim: { at: ago(1800), worker: "w-1" } })).toEqual([
    "1,840 tasks ready, oldest for 26 min; 2 running on 1 worker.",
  ]);
});

test("the badge and the sentence agree on whether a worker is claiming", () => {
  for (const [running, complete] of [0, 1].flatMap((n) => [
    [n, true] as const,
    [n, false] as const,
  ]))
    for (const last of [1, 1800])
      for (const expiredLeases of [0, 3]) {
        const lastClaim = { at: ago(last), worker: "w-1" };
        const queue = queueWith({
          ...BACKLOG,
          expiredLeases,
          active: { pending: 1840, running: running + expiredLeases, sleeping: 0 },
          claims: { ...CLAIMS, running, workers: running, lastClaim, complete },
        });
        const found = /no worker|no claim/.exec(texts(queue).join())?.[0];
        const badges = { "no worker": "no consumer", "no claim": "no claim seen" } as const;
        expect(describeConsumer(queue, NOW)).toBe(
          found === "no worker" || found === "no claim" ? badges[found] : null,
        );
      }
});

test("a task that makes every claim fail is named", () => {
  const poison = [
    {
      taskId: "019cbd00-0000-7000-8000-000000000001",
      name: "charge-card",
      field: "max_duration",
      value: "1.5",
    } as const,
  ];
  const queue = queueWith({ ...BACKLOG, claims: { ...CLAIMS, poison } });
  expect(texts(queue)).toEqual([
    "every claim fails: task charge-card (019cbd00…0001) has max_duration 1.5, which is not a whole number.",
    "1,840 tasks ready, oldest for 26 min.",
  ]);
  expect(describeConsumer(queue, NOW)).toBeNull();
  const [, leases] = texts({ ...queue, expiredLeases: 2 });
  expect(leases).toBe("2 runs have expired leases.");
});

test("the most severe concern comes first, and a backlog hides overdue sleepers", () => {
  const backlog = { ready: 1, oldestReadyAt: ago(26 * 60), overdueSleepers: 1 };
  expect(
    listConcerns({
      queues: [
        queueWith(backlog),
        queueWith({ name: "media", expiredLeases: 3 }),
        queueWith({ unreadable: "not_permitted" }),
      ],
      now: NOW,
    }).map((concern) => concern.state),
  ).toEqual(["failed", "running", "pending"]);
});

test("a queue without a consumer counts as stopped and is listed before failures, leases and backlogs", () => {
  const waiting = (name: string, ready: number, claims: Partial<ClaimFacts>) =>
    queueWith({ name, ready, oldestReadyAt: ago(26 * 60), claims: { ...CLAIMS, ...claims } });
  const concerns = listConcerns({
    queues: [
      queueWith({ name: "leases", expiredLeases: 900 }),
      waiting("busy", 90_000, { running: 4, workers: 2 }),
      waiting("busier", 100_000, { running: 4, workers: 2 }),
      waiting("dead", 7, {}),
      waiting("deader", 4_000, { complete: false }),
    ],
    now: NOW,
    attempts: ATTEMPTS,
  });
  expect(concerns.map(({ queue, severity }) => `${queue} ${severity}`)).toEqual([
    "deader stopped",
    "dead stopped",
    "worse failing",
    "bad failing",
    "leases expired",
    "busier backlog",
    "busy backlog",
  ]);
});

const ATTEMPTS = {
  words: "last hour",
  now: NOW,
  queues: [
    { name: "fine", completed: [500, 500], failed: [10, 10], running: [] },
    { name: "quiet", completed: [0, 0], failed: [2, 3], running: [] },
    { name: "bad", completed: [20, 20], failed: [10, 0], running: [] },
    { name: "worse", completed: [900, 76], failed: [14, 200], running: [] },
  ],
};

test("queues with a high failure rate are listed, most failures first, with an error", () => {
  const groups = [
    { queues: ["worse"], errorName: "TimeoutError", taskName: "charge" },
  ] as FailureGroup[];
  const concerns = listConcerns({ queues: [], now: NOW, attempts: ATTEMPTS, groups });
  expect(concerns.map(({ queue, text }) => `${queue}: ${text}`)).toEqual([
    "worse: 214 of 1,190 attempts failed in the last hour, among them charge with TimeoutError.",
    "bad: 10 of 50 attempts failed in the last hour.",
  ]);
  expect(concerns[0]?.target).toBe("failures");
});

test("the all-clear waits until failures are read, and names what was checked", () => {
  expect(describeAllClear({})).toEqual({
    complete: false,
    text: "No task ready for 1 min or longer, no expired leases. Failures not read yet.",
  });
  expect(describeAllClear({ attempts: ATTEMPTS })).toEqual({
    complete: true,
    text: "All clear: no task ready for 1 min or longer, no expired leases, and no queue with 10 or more failed attempts and a failure rate of 10 % or more in the last hour.",
  });
});

test("the all-clear of one queue says nothing about other queues", () => {
  expect(describeAllClear({ attempts: ATTEMPTS, oneQueue: true })).toEqual({
    complete: true,
    text: "All clear: no task ready for 1 min or longer, no expired leases, and fewer than 10 failed attempts or a failure rate below 10 % in the last hour.",
  });
});
