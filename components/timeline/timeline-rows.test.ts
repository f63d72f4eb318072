import { expect, test } from "vitest";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import { labelSpan } from "@/lib/timeline/labels";
import { getRecording } from "@/testing/recordings";
import { type Folding, listRows, type Row } from "./timeline-rows";

const ALL_CLOSED: Folding = { lanes: new Set(), replayed: new Set() };

function rowsOf(fixture: string, folding = ALL_CLOSED): Row[] {
  const detail = getRecording(fixture);
  return listRows(buildTimeline(detail), detail, folding);
}

const named = (rows: Row[]) =>
  rows.map((row) => {
    if (row.kind === "lane") return `attempt ${row.lane.attempt}`;
    if (row.kind === "span")
      return row.tail ? `${labelSpan(row.span)} + ${row.tail.kind}` : labelSpan(row.span);
    return row.kind;
  });

test("a lane an attempt, a row a step, and a wait on one row with its lateness", () => {
  expect(named(rowsOf("order-with-everything"))).toEqual([
    "attempt 1",
    "queued",
    "validate-order",
    "reserve-stock",
    "cool-off + late",
    "failed",
    "attempt 2",
    "backoff",
    "replayed",
    "charge-card",
    "payment.captured:ord_42 + queued",
    "no checkpoint + expired",
    "attempt 3",
    "backoff",
    "replayed",
    "pack-items",
    "book-courier",
    "courier.confirmed:ord_42 + queued",
    "working",
    "projection",
  ]);
});

test("replayed steps unfold to the steps of the attempts before", () => {
  const closed = rowsOf("order-with-everything");
  const group = closed.findLast((row) => row.kind === "replayed");
  const rows = rowsOf("order-with-everything", {
    ...ALL_CLOSED,
    replayed: new Set(group?.kind === "replayed" ? [group.lane.runId] : []),
  });
  const steps = rows.flatMap((row) =>
    row.kind === "replayed-step" ? [[row.checkpoint.name, row.attempt]] : [],
  );
  expect(steps).toEqual([
    ["validate-order", 1],
    ["reserve-stock", 1],
    ["cool-off", 1],
    ["charge-card", 2],
    ["$awaitEvent:payment.captured:ord_42", 2],
  ]);
});

test("the steps a fork was given unfold too", () => {
  const closed = rowsOf("forked");
  const lane = closed.find((row) => row.kind === "lane");
  const replayed = new Set(lane?.kind === "lane" ? [lane.lane.runId] : []);
  const rows = rowsOf("forked", { ...ALL_CLOSED, replayed });
  expect(rows.filter((row) => row.kind === "replayed-step")).toHaveLength(2);
});

test("a closed lane hides its rows", () => {
  const [lane] = rowsOf("completed");
  const lanes = new Set(lane?.kind === "lane" ? [lane.lane.runId] : []);
  expect(named(rowsOf("completed", { ...ALL_CLOSED, lanes }))).toEqual(["attempt 1"]);
});

test("what lies ahead is on the last row", () => {
  const rows = rowsOf("sleeping-durable");
  const ahead = rows.flatMap((row) =>
    row.kind === "span" && row.ahead ? [[labelSpan(row.span), row.ahead.kind]] : [],
  );
  expect(ahead).toEqual([["cool-off", "sleep"]]);
});

test("what was written after the end has a row", () => {
  expect(named(rowsOf("written-after-the-end"))).toContain("late-write");
});
