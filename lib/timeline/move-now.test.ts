import { expect, test } from "vitest";
import { getRecording, listRecordings } from "../../testing/recordings.ts";
import { toMs } from "../model/instants.ts";
import { buildTimeline } from "./build-timeline.ts";
import { moveNow } from "./move-now.ts";

const ACTIVE = listRecordings().filter((name) => buildTimeline(getRecording(name)).active);

test.each(ACTIVE)("%s: moving a timeline equals rebuilding it at the later instant", (name) => {
  const detail = getRecording(name);
  const read = buildTimeline(detail);
  const soon = toMs(detail.now) + 100;
  const later = buildTimeline(detail, new Date(soon).toISOString());
  expect({ ...moveNow(read, soon), projection: null }).toEqual({ ...later, projection: null });
});

test("an open end stays at the reading, and time left ends at its due time", () => {
  const read = buildTimeline(getRecording("backoff-exponential"));
  const due = read.lanes.at(-1)?.ahead[0]?.until ?? 0;
  const moved = moveNow(read, due + 60_000);
  expect(moved.lanes.at(-1)).toMatchObject({ to: read.now, ahead: [{ from: due, until: due }] });
  expect(moved.now).toBe(due + 60_000);
});

test("an earlier clock and an ended task change nothing", () => {
  const read = buildTimeline(getRecording("backoff-exponential"));
  expect(moveNow(read, read.now - 1)).toBe(read);
  const ended = buildTimeline(getRecording("completed"));
  expect(moveNow(ended, ended.now + 1_000)).toBe(ended);
});
