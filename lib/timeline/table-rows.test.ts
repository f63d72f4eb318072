import { expect, test } from "vitest";
import { getRecording } from "../../testing/recordings.ts";
import { buildTimeline } from "./build-timeline.ts";
import { listTableRows } from "./table-rows.ts";

const projected = (name: string) =>
  listTableRows(buildTimeline(getRecording(name))).filter(({ note }) =>
    note?.startsWith("projected"),
  );

test("retries that would follow are rows of their own, said to be projected", () => {
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

test("what waits, has ended, or has no attempt left projects nothing", () => {
  for (const name of ["completed", "backoff-exponential", "running-last-attempt"])
    expect(projected(name)).toEqual([]);
});
