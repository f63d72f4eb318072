import { expect, test } from "vitest";
import type { AnnotatedTask } from "@/lib/highway/view/annotate-tasks";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import { getRecording } from "@/testing/recordings";
import { listRunRows } from "./run-rows";

const FOLDING = { folded: new Set<string>(), bookkeeping: false };

function taskOf(recording: string, isRoot: boolean): AnnotatedTask {
  const detail = getRecording(recording);
  const timeline = buildTimeline(detail);
  return { detail, timeline, isRoot, part: "", path: null, title: "", annotations: {} };
}

test.each([
  ["completed", true, "failed", "failed"],
  ["completed", true, "completed", "completed"],
  ["completed", false, "failed", "completed"],
  ["failed-exhausted", true, "failed", "failed"],
  ["cancelled-running", true, "failed", "cancelled"],
  ["running", true, "running", "running"],
])("%s (root: %s) in a run that is %s is shown as %s", (recording, isRoot, status, shown) => {
  const [row] = listRunRows([taskOf(recording, isRoot)], status, FOLDING);
  expect(row?.kind === "task" && row.state).toBe(shown);
});
