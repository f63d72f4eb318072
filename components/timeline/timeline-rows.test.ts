import { expect, test } from "vitest";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import { labelSpan } from "@/lib/timeline/labels";
import { getRecording } from "@/testing/recordings";
import { type Folding, listRows, type Row } from "./timeline-rows";

const ALL_CLOSED: Folding = { lanes: new Set(), replayed: new Set() };

function buildRows(fixture: string, folding = ALL_CLOSED): Row[] {
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

test("one lane per attempt, one row per step, and a wait shares its row with its tail", () => {
  expect(named(buildRows("order-with-everything"))).toEqual([
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

test("replayed steps expand to the steps of earlier attempts", () => {
  const closed = buildRows("order-with-everything");
  const group = closed.findLast((row) => row.kind === "replayed");
  const rows = buildRows("order-with-everything", {
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

test("steps copied by a fork expand too", () => {
  const closed = buildRows("forked");
  const lane = closed.find((row) => row.kind === "lane");
  const replayed = new Set(lane?.kind === "lane" ? [lane.lane.runId] : []);
  const rows = buildRows("forked", { ...ALL_CLOSED, replayed });
  expect(rows.filter((row) => row.kind === "replayed-step")).toHaveLength(2);
});

test("a collapsed lane hides its rows", () => {
  const [lane] = buildRows("completed");
  const lanes = new Set(lane?.kind === "lane" ? [lane.lane.runId] : []);
  expect(named(buildRows("completed", { ...ALL_CLOSED, lanes }))).toEqual(["attempt 1"]);
});

test("planned times are on the last row", () => {
  const rows = buildRows("sleeping-durable");
  const ahead = rows.flatMap((row) =>
    row.kind === "span" && row.ahead ? [[labelSpan(row.span), row.ahead.kind]] : [],
  );
  expect(ahead).toEqual([["cool-off", "sleep"]]);
});

test("a checkpoint written after the end has a row", () => {
  expect(named(buildRows("written-after-the-end"))).toContain("late-write");
});
