import { expect, test } from "vitest";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import { getRecording } from "@/testing/recordings";
import { describeProjection, formatSpanLength, listNotes, listSpanFacts } from "./span-text";
import { listRows } from "./timeline-rows";

function words(fixture: string): string[] {
  const detail = getRecording(fixture);
  const folding = { lanes: new Set<string>(), replayed: new Set<string>() };
  return listRows(buildTimeline(detail), detail, folding).flatMap((row) =>
    row.kind === "span"
      ? [
          listNotes(row.span, row.tail, row.ahead, "UTC")
            .map(({ text }) => text)
            .join(" "),
        ]
      : [],
  );
}

test.each<[string, string[]]>([
  ["event-woken", ["emitted 14:00:30 unclaimed for 4 s"]],
  ["event-delivered", ["", "", "emitted 14:00:34 claimed 2 s later", ""]],
  [
    "backoff-overdue",
    [
      "GatewayError gateway did not answer in 30 s",
      "fixed 30 s, due 14:00:30 unclaimed for 1 min 35 s",
    ],
  ],
  ["event-wait-forever", ["", "no timeout"]],
  ["event-too-late", ["times out 14:00:30 late by 15 s"]],
  ["lease-expired", ["", "", "lease expired 15 s ago"]],
  ["unknown-task", ["", "claimed and suspended, details not recorded", "unknown to the worker"]],
  ["running", ["", "", "", "lease 0:42"]],
  ["queued", ["not claimed yet"]],
])("the text beside the bars of %s", (fixture, expected) => {
  expect(words(fixture)).toEqual(expected);
});

test.each([
  [999, "claimed 999 ms later"],
  [1000, "late by 1 s"],
])("the note on a claim %i ms after the due time", (late, expected) => {
  const span = { id: "late", kind: "late", due: 0, from: 0, to: late } as const;
  const notes = listNotes({ ...span, start: "exact", end: "exact" }, null, null, "UTC");
  expect(notes.map(({ text }) => text).join(" ")).toBe(expected);
});

test("the length of a span with an inferred start is an upper bound", () => {
  const [lane] = buildTimeline(getRecording("completed")).lanes;
  expect(lane?.spans.map(formatSpanLength)).toEqual(["1.5 s", "609 ms", "≤ 4.8 s", "≤ 203 ms"]);
});

test("facts mark what was inferred and what wasn't recorded", () => {
  const [lane] = buildTimeline(getRecording("event-delivered")).lanes;
  const wait = lane?.spans.find((span) => span.kind === "event-wait");
  expect(wait && listSpanFacts(wait, null, "UTC")).toEqual([
    { label: "From", value: "14:00:04.018", note: "inferred" },
    { label: "To", value: "14:00:34.027" },
    { label: "Duration", value: "30 s" },
    { label: "Emitted", value: "14:00:34.027" },
    { label: "Timeout", value: "unknown", note: "stored only during the wait" },
  ]);
});

test.each([
  ["order-with-everything", "retries as attempt 4 after 2 min, 5 after 4 min, then it fails"],
  ["running", "retries immediately, up to 5 attempts, then it fails"],
  ["running-last-attempt", "a failure now is final: no attempts left"],
  ["running-strategy-invalid", "a failure now is final: the retry strategy is invalid"],
])("what follows a failure of %s", (fixture, expected) => {
  const { projection } = buildTimeline(getRecording(fixture));
  expect(projection && describeProjection(projection)).toBe(expected);
});
