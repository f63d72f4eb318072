import { expect, test } from "vitest";
import { getRecording, listRecordings } from "../../testing/recordings.ts";
import { toMs } from "../model/instants.ts";
import { buildTimeline } from "./build-timeline.ts";
import { moveOpenEnds } from "./move-open-ends.ts";

const ACTIVE = listRecordings().filter((name) => buildTimeline(getRecording(name)).active);

test.each(ACTIVE)("%s: a moved timeline is the one of the later instant", (name) => {
  const detail = getRecording(name);
  const read = buildTimeline(detail);
  const soon = toMs(detail.now) + 100;
  const later = buildTimeline(detail, new Date(soon).toISOString());
  // What begins in between, such as a due wake, is drawn with the next reading.
  const isSame = later.lanes.every(
    ({ spans }, index) => spans.length === read.lanes[index]?.spans.length,
  );
  expect(isSame).toBe(true);
  expect({ ...moveOpenEnds(read, soon), projection: null }).toEqual({ ...later, projection: null });
});

test("an open end never passes what is planned", () => {
  const read = buildTimeline(getRecording("backoff-exponential"));
  const due = read.lanes.at(-1)?.ahead[0]?.until ?? 0;
  const moved = moveOpenEnds(read, due + 60_000);
  expect(moved.lanes.at(-1)).toMatchObject({ to: due, ahead: [{ from: due, until: due }] });
  expect(moved.lanes.at(-1)?.spans.at(-1)).toMatchObject({ kind: "backoff", to: due });
  expect(moved.now).toBe(due + 60_000);
});

test("an earlier clock and an ended task change nothing", () => {
  const read = buildTimeline(getRecording("backoff-exponential"));
  expect(moveOpenEnds(read, read.now - 1)).toBe(read);
  const ended = buildTimeline(getRecording("completed"));
  expect(moveOpenEnds(ended, ended.now + 1_000)).toBe(ended);
});
