/**
 * Waits of the Highway interpreter, which wakes every few seconds to poll for other events, parts and the end of
 * its run.
 */
import { expect, test } from "vitest";
import { ROOT_TASK } from "@/lib/model/interpreter";
import type { Checkpoint, Run, TaskDetail } from "@/lib/model/task";
import { getRecording } from "../../testing/recordings.ts";
import { buildTimeline } from "../timeline/build-timeline.ts";
import { diagnose } from "./diagnose.ts";
import { plainText } from "./sentence.ts";

const at = (time: string) => `2026-03-02T${time}.000Z`;

type Case = { deadline?: string | null; run?: Partial<Run>; now?: string; step?: string };

/** A root task that started to wait at 14:00:10, last polled at 14:05:00 and will poll again at 14:05:05. */
function waiting({ deadline, run = {}, now = at("14:05:02"), step = "approve" }: Case): TaskDetail {
  const detail = getRecording("event-wait-limited");
  const [first] = detail.runs;
  if (!first) throw new Error("no attempt");
  const note = JSON.stringify({ event: "paid", deadline });
  const checkpoint: Checkpoint = {
    name: "approve/waiting",
    state: { bytes: note.length, text: note },
    status: "committed",
    ownerRunId: first.runId,
    updatedAt: at("14:00:10"),
  };
  return {
    ...detail,
    task: {
      ...detail.task,
      name: ROOT_TASK,
      workflowRunId: "019cbd00-0000-7000-8000-000000000003",
    },
    runs: [
      {
        ...first,
        wakeEvent: "paid",
        startedAt: at("14:05:00"),
        availableAt: at("14:05:05"),
        ...run,
      },
    ],
    checkpoints: deadline === undefined ? [] : [checkpoint],
    waits: detail.waits.map((wait) => ({
      ...wait,
      stepName: step,
      eventName: "paid",
      timeoutAt: at("14:05:05"),
      createdAt: at("14:05:00"),
    })),
    awaited: deadline === undefined ? {} : { approve: "paid" },
    now,
  };
}

const say = (detail: TaskDetail) => plainText(diagnose(detail).parts, (iso) => iso.slice(11, 19));

test.each<[string, Case, string]>([
  [
    "the operator's own timeout is named",
    { deadline: at("15:05:02") },
    "Waiting for event paid for 4 min 52 s. Not emitted yet; times out in 1 h.",
  ],
  [
    "an operator without a timeout has none",
    { deadline: null },
    "Waiting for event paid for 4 min 52 s. Not emitted yet; no timeout.",
  ],
  ["no timeout is mentioned if none is recorded", {}, "Waiting for event paid. Not emitted yet."],
  [
    "the end of a part has no timeout",
    { deadline: at("15:05:02"), step: "fork.left" },
    "Waiting for event paid. Not emitted yet.",
  ],
  [
    "a due poll is not a timeout",
    { deadline: at("15:05:02"), now: at("14:05:06") },
    "Waiting for event paid; a look for it was due 1 s ago, waiting for a worker.",
  ],
  [
    "a timeout that has passed is reported",
    { deadline: at("14:05:04"), now: at("14:05:06") },
    "The wait for event paid timed out 1 s ago; waiting for a worker.",
  ],
])("%s", (_, given, sentence) => {
  expect(say(waiting(given))).toBe(sentence);
});

test("a run that polls has not timed out", () => {
  const run = {
    state: "running",
    claimedBy: "worker",
    claimExpiresAt: at("14:10:00"),
    availableAt: at("14:05:00"),
  } as const;
  const detail = waiting({ deadline: null, run });
  const text = say({ ...detail, task: { ...detail.task, state: "running" }, waits: [] });
  expect(text).toMatch(/^Running/);
  expect(text).not.toContain("timed out");
});

test("the timeline shows one wait from its start, with the operator's timeout ahead", () => {
  const [lane] = buildTimeline(waiting({ deadline: at("15:05:02") })).lanes;
  expect(lane?.spans.at(-1)).toMatchObject({
    kind: "event-wait",
    step: "approve",
    from: Date.parse(at("14:00:10")),
    to: Date.parse(at("14:05:02")),
    deadline: Date.parse(at("15:05:02")),
    end: "open",
  });
  expect(lane?.ahead).toEqual([
    { kind: "event-wait", from: Date.parse(at("14:05:02")), until: Date.parse(at("15:05:02")) },
  ]);
  expect(buildTimeline(waiting({})).lanes[0]?.ahead).toEqual([]);
});

test("the timeline of a run that polls shows its wait, not a timeout", () => {
  const run = { state: "running", claimedBy: "worker", availableAt: at("14:05:00") } as const;
  const [lane] = buildTimeline(waiting({ deadline: null, run })).lanes;
  expect(lane?.spans.map(({ kind }) => kind)).toEqual(["queued", "step", "event-wait", "working"]);
});
