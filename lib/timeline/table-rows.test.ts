import { expect, test } from "vitest";
import { getRecording } from "../../testing/recordings.ts";
import { buildTimeline } from "./build-timeline.ts";
import { listTableRows } from "./table-rows.ts";

const projected = (name: string) =>
  listTableRows(buildTimeline(getRecording(name))).filter(({ note }) =>
    note?.startsWith("projected"),
  );

test("projected retries are rows of their own with a note", () => {
  const timeline = buildTimeline(getRecording("running"));
  const rows = projected("running");
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.map(({ attempt }) => attempt)).toEqual(
    timeline.projection?.retries.map(({ attempt }) => attempt),
  );
  let at = timeline.now;
  for (const { from, to } of rows) {
    expect(from).toBe(at);
    at = to ?? at;
  }
});

test("a task that waits, has ended or has no attempts left projects no retries", () => {
  for (const name of ["completed", "backoff-exponential", "running-last-attempt"])
    expect(projected(name)).toEqual([]);
});
