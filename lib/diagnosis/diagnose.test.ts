import { expect, test } from "vitest";
import type { Run, Task, TaskDetail } from "@/lib/model/task";
import { getRecording } from "../../testing/recordings.ts";
import { diagnose } from "./diagnose.ts";
import { plainText } from "./sentence.ts";

// Rows that current workers cannot produce: from older engines, other clients, or changed by hand.

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
  ['"disk full"', 'with "disk full"'],
  ['{"message":"no name"}', "with no name."],
  ['{"code":7}', 'with {"code":7}'],
])("a failure reason of %s, as other clients write it", (reason, text) => {
  expect(said(changed("failed-exhausted", { run: { failureReason: payload(reason) } }))).toContain(
    text,
  );
});

test("a failure without a reason", () => {
  expect(said(changed("failed-exhausted", { run: { failureReason: null } }))).toContain(
    "with an error without a reason",
  );
});

test("a failure with attempts left and a valid strategy gets no explanation", () => {
  expect(said(changed("failed-exhausted", { task: { maxAttempts: null } }))).toMatch(
    /Not retried although attempts are left\.$/,
  );
});

test("a run that an engine before 0.0.4 requeued after its lease expired", () => {
  expect(said(changed("event-woken", { run: { eventPayload: null } }))).toMatch(
    /^Requeued after its lease expired: ready for 4 s/,
  );
});

test("a later clock changes the durations", () => {
  const text = plainText(diagnose(getRecording("running"), "2026-03-02T14:00:40.000Z").parts);
  expect(text).toMatch(/^Running on worker-a for 37 s\./);
});
