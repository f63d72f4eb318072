import { expect, test } from "vitest";
import type { Run, Task, TaskDetail } from "@/lib/model/task";
import { getRecording } from "../../testing/recordings.ts";
import { diagnose } from "./diagnose.ts";
import { plainText } from "./sentence.ts";

// Rows that current workers cannot produce: from older engines, other clients, or manual changes.

const payload = (text: string) => ({ bytes: text.length, text });

type Changes = Partial<Omit<TaskDetail, "task">> & { task?: Partial<Task>; run?: Partial<Run> };

function changed(name: string, { task = {}, run = {}, ...rest }: Changes): TaskDetail {
  const detail = { ...getRecording(name), ...rest };
  const last = detail.runs.at(-1);
  return {
    ...detail,
    task: { ...detail.task, ...task },
    runs: last ? [...detail.runs.slice(0, -1), { ...last, ...run }] : [],
  };
}

const said = (detail: TaskDetail) => plainText(diagnose(detail).parts, (iso) => iso.slice(11, 19));

test("an event that was emitted without waking the wait, as engines before 0.0.7 could", () => {
  const eventsEmittedAt = { "payment.captured:42": "2026-03-02T14:00:02.000Z" };
  expect(said(changed("event-wait-forever", { eventsEmittedAt }))).toBe(
    "Waiting for event payment.captured:42, which was emitted at 14:00:02 without waking it.",
  );
});

test("an event whose name every object has as a member was not emitted", () => {
  const [wait] = getRecording("event-wait-forever").waits;
  for (const name of ["constructor", "toString", "__proto__"]) {
    const waits = wait ? [{ ...wait, eventName: name, stepName: `$awaitEvent:${name}` }] : [];
    expect(said(changed("event-wait-forever", { waits, run: { wakeEvent: name } }))).toBe(
      `Waiting for event ${name} for 2 h. Not emitted yet; no timeout.`,
    );
  }
});

test("a task without attempts", () => {
  expect(said({ ...getRecording("queued"), runs: [] })).toMatch(/^No attempts recorded/);
});

test("an active task whose last attempt has ended", () => {
  const broken = changed("completed", { task: { state: "running" } });
  expect(said(broken)).toMatch(/^The task is running, but its last attempt is completed/);
});

test("a retry and a deferred run without a due time", () => {
  expect(said(changed("backoff-overdue", { run: { availableAt: "infinity" } }))).toMatch(
    /^Retry 2 of 5 has no due time\. Attempt 1 failed with GatewayError/,
  );
  expect(said(changed("put-aside", { run: { availableAt: "infinity" } }))).toMatch(
    /without a due time: nothing will resume it\.$/,
  );
});

test("a running attempt whose handler caught a timeout", () => {
  expect(said(changed("running", { run: { wakeEvent: "paid" } }))).toContain(
    "Its wait for event paid timed out.",
  );
});

test.each([
  ["2026-03-02T14:01:03.000Z", true],
  ["2026-03-02T14:01:04.000Z", false],
])(
  "a wait of 30 s counts as a possible repeat only if one could have timed out since %s",
  (createdAt, possible) => {
    const text = said(changed("event-timeout-rewaited", { run: { createdAt } }));
    expect(text.includes("it is waiting again")).toBe(possible);
  },
);

test.each([
  ['{"max_duration":"soon"}', "max_duration: soon"],
  ['{"max_delay":true}', "max_delay: true"],
])("a policy of %s blocks its queue", (cancellation, text) => {
  const diagnosis = diagnose(changed("queued", { task: { cancellation: payload(cancellation) } }));
  expect(diagnosis.tone).toBe("bad");
  expect(plainText(diagnosis.parts)).toContain(text);
});

test.each(["null", "1.5", '{"max_delay":null}', '{"max_delay":"60"}'])(
  "a policy of %s does not block its queue",
  (cancellation) => {
    const diagnosis = diagnose(
      changed("queued", { task: { cancellation: payload(cancellation) } }),
    );
    expect(plainText(diagnosis.parts)).toMatch(/^Ready/);
  },
);

test.each([
  ['"disk full"', "with disk full"],
  ['{"message":"no name"}', "with no name."],
  ['{"code":7}', 'with {"code":7}'],
])("a failure reason of %s, as other clients write it", (reason, text) => {
  expect(said(changed("failed-exhausted", { run: { failureReason: payload(reason) } }))).toContain(
    text,
  );
});

test.each([
  ['""', "with an error without a message."],
  ['{"name":"","message":""}', "with an error without a message."],
  ['"\\u001b[31m"', "with an error without a message."],
  ['{"message":"\\n  connection refused\\nat pool"}', "with connection refused."],
  ['{"name":"TimeoutError","message":" "}', "with TimeoutError."],
])("a failure reason of %s, whose first line is blank", (reason, text) => {
  expect(said(changed("failed-exhausted", { run: { failureReason: payload(reason) } }))).toContain(
    text,
  );
});

test("a failure without a reason", () => {
  expect(said(changed("failed-exhausted", { run: { failureReason: null } }))).toContain(
    "with an error without a reason",
  );
});

test("a failure with attempts left and a valid strategy has no explanation", () => {
  expect(said(changed("failed-exhausted", { task: { maxAttempts: null } }))).toMatch(
    /Not retried although attempts are left\.$/,
  );
});

test("a run that an engine before 0.0.4 requeued after its lease expired", () => {
  expect(said(changed("event-woken", { run: { eventPayload: null } }))).toMatch(
    /^Requeued after its lease expired: ready for 4 s/,
  );
});

const at = (name: string, secondsLater: number) => {
  const detail = getRecording(name);
  const now = new Date(Date.parse(detail.now) + secondsLater * 1000).toISOString();
  return plainText(diagnose(detail, now).parts);
};

test("ages keep running for two seconds after the reading, but the last checkpoint does not", () => {
  expect(at("running", 0)).toMatch(/^Running on worker-a for 21 s\. Last .* 18 s ago/);
  expect(at("running", 2)).toMatch(/^Running on worker-a for 23 s\. Last .* 18 s ago/);
});

test("an older reading of an active task is dated, and its ages stop", () => {
  expect(at("running", 4)).toMatch(/^As of 4 s ago: Running on worker-a for 21 s\./);
  expect(at("completed", 900)).toBe(at("completed", 0));
});

const CLAIMS: NonNullable<TaskDetail["claims"]> = {
  running: 0,
  workers: 0,
  lastClaim: null,
  complete: true,
  poison: [],
  ahead: { value: 0, precision: "exact" },
};

/** The verdict of a task that has been ready for this many seconds, on a queue with these claims. */
function saidWhenReady(seconds: number, claims: Partial<TaskDetail["claims"]>): string {
  const detail = getRecording("queued");
  const availableAt = new Date(Date.parse(detail.now) - seconds * 1000).toISOString();
  return said(changed("queued", { run: { availableAt }, claims: { ...CLAIMS, ...claims } }));
}

test.each<[string, number, Partial<TaskDetail["claims"]>]>([
  ["Ready for 4 s.", 4, { running: 2, workers: 2 }],
  [
    "Ready for 24 s, behind 12 other ready tasks. 2 tasks of this queue are running on 2 workers; the last claim was 3 s ago.",
    24,
    {
      running: 2,
      workers: 2,
      lastClaim: { at: "2026-03-02T14:00:02.000Z", worker: "w-1" },
      ahead: { value: 12, precision: "exact" },
    },
  ],
  [
    "Ready for 24 s, behind 1,000+ other ready tasks. The last claim on this queue was 3 s ago, by w-1.",
    24,
    {
      lastClaim: { at: "2026-03-02T14:00:02.000Z", worker: "w-1" },
      ahead: { value: 1_000, precision: "capped" },
    },
  ],
  [
    "Ready for 24 s. Nothing has claimed from queue queued since 13:30:02, 30 min ago, by w-1.",
    24,
    { lastClaim: { at: "2026-03-02T13:30:02.000Z", worker: "w-1" } },
  ],
  [
    "Ready for 24 s. The last claim seen on queue queued was 30 min ago.",
    24,
    { lastClaim: { at: "2026-03-02T13:30:02.000Z", worker: null }, complete: false },
  ],
  ["Ready for 24 s. Nothing has claimed from queue queued: no claim is on record.", 24, {}],
  [
    "Ready for 24 s, not claimed yet. Every claim on queue queued fails, because task charge-card has max_duration: 1.5, which is not a whole number: cancel that task.",
    24,
    {
      poison: [
        {
          taskId: "019cbd00-0000-7000-8000-0000000000ff",
          name: "charge-card",
          field: "max_duration",
          value: "1.5",
        },
      ],
    },
  ],
])("%s", (text, seconds, claims) => {
  expect(saidWhenReady(seconds, claims)).toBe(text);
});

const INSTANT = (iso: string) => payload(JSON.stringify(iso));

test("a sleep shorter than its worker's clock is slow is a sleep, and the clock is named", () => {
  const detail = changed("sleeping-durable", {
    run: { startedAt: "2026-03-02T14:00:00.000Z", availableAt: "2026-03-02T14:00:21.000Z" },
    now: "2026-03-02T14:00:05.000Z",
  });
  const checkpoints = detail.checkpoints.map((checkpoint) => ({
    ...checkpoint,
    ownerRunId: detail.runs.at(-1)?.runId ?? null,
    state: INSTANT("2026-03-02T13:59:21.000Z"),
    updatedAt: "2026-03-02T14:00:01.000Z",
  }));
  expect(said({ ...detail, checkpoints: checkpoints.slice(-1) })).toBe(
    "Sleeping in step cool-off until 14:00:21, for another 16 s. Its worker's clock is about 1 min behind.",
  );
});

test("a run with checkpoints since its last claim was not put back by a worker that does not know it", () => {
  const detail = getRecording("unknown-task");
  const [run] = detail.runs;
  expect(said(detail)).toContain("seems not to know the task");
  const wrote = {
    name: "a",
    state: payload("1"),
    status: "committed",
    ownerRunId: run?.runId ?? null,
    updatedAt: run?.startedAt ?? "",
  };
  expect(said({ ...detail, checkpoints: [wrote] })).not.toContain("know the task");
});

test("a cancellation through the dashboard names who, when and why", () => {
  const detail = getRecording("cancelled-running");
  const cancelledBy = {
    auditId: "019cbd00-0000-7000-8000-0000000000aa",
    at: detail.task.cancelledAt ?? "",
    operator: "maria",
    reason: "duplicate",
    bulkId: null,
  };
  expect(said({ ...detail, cancelledBy })).toMatch(
    /^Cancelled by maria \d+ s ago while running\. Reason: “duplicate” \(audit entry\)\./,
  );
});

test("attempts without limit and delay are called a hot loop", () => {
  const detail = getRecording("failed-exhausted");
  const [run] = detail.runs;
  if (!run) throw new Error("recorded with attempts");
  const runs = Array.from({ length: 12 }, (_, n) => ({
    ...run,
    runId: `r${n}`,
    attempt: 7_803 + n,
    failedAt: `2026-03-02T14:00:00.${String(n * 10).padStart(3, "0")}Z`,
  }));
  const last = {
    ...run,
    runId: "last",
    attempt: 7_815,
    state: "pending" as const,
    startedAt: null,
    failedAt: null,
  };
  const task = {
    ...detail.task,
    state: "pending" as const,
    attempts: 7_815,
    maxAttempts: null,
    retryStrategy: null,
    lastAttemptRun: "last",
  };
  expect(said({ ...detail, task, runs: [...runs, last], truncated: { runs: 7_802 } })).toMatch(
    /Hot loop: attempt 7,815, with no limit on attempts and no delay between them; the last 10 failures are within 90 ms\.$/,
  );
});
