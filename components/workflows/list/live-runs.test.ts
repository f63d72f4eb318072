import { expect, test } from "vitest";
import type { WorkflowRunSummary } from "@/lib/model/workflow";
import { keepRuns } from "./live-runs";

function run(workflowRunId: string, status: "running" | "completed" = "running") {
  const row: Partial<WorkflowRunSummary> = { workflowRunId, status };
  // The list orders and keeps rows by their ids alone.
  return row as WorkflowRunSummary;
}
const runs = (ids: string) => [...ids].map((id) => run(id));
const ids = (rows: readonly WorkflowRunSummary[]) => rows.map((row) => row.workflowRunId).join("");

test("runs on screen take their new values in place, and newer ones are only counted", () => {
  const kept = keepRuns(
    runs("cba"),
    [run("e"), run("d"), run("c", "completed"), ...runs("b")],
    false,
  );
  expect(ids(kept.rows)).toBe("cba");
  expect(kept.rows[0]?.status).toBe("completed");
  expect(kept.newCount).toBe(2);
});

test("a run after the end of the latest page was pushed off it; one before that no longer matches", () => {
  const kept = keepRuns(runs("dcba"), runs("fedb"), false);
  expect([...kept.removed]).toEqual(["c"]);
  expect(kept.pushedOff).toEqual(["a"]);
});

test("a page without an end pushes nothing off: what it lacks no longer matches", () => {
  const kept = keepRuns(runs("cba"), runs("dc"), true);
  expect([...kept.removed]).toEqual(["b", "a"]);
  expect(kept.pushedOff).toEqual([]);
  expect([...keepRuns(runs("ba"), [], true).removed]).toEqual(["b", "a"]);
});

test("if more runs arrived than a page has, all on screen are pushed off and the whole page is new", () => {
  const kept = keepRuns(runs("cba"), runs("xyz"), false);
  expect(ids(kept.rows)).toBe("cba");
  expect(kept.pushedOff).toEqual(["c", "b", "a"]);
  expect(kept.newCount).toBe(3);
});

test("older runs that move up because others left are not new", () => {
  expect(keepRuns(runs("cb"), runs("ba"), false).newCount).toBe(0);
});

test("an empty list shows the latest page", () => {
  expect(ids(keepRuns([], runs("ba"), true).rows)).toBe("ba");
});
