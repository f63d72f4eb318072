import { expect, test } from "vitest";
import type { Partitions, PartitionWeek } from "@/lib/model/maintenance";
import { partitionProblems } from "./partition-health";

const NOW = Date.parse("2026-03-04T12:00:00Z");
const week = (from: string, missing: PartitionWeek["missing"] = []): PartitionWeek => ({
  from: `${from}T00:00:00.000Z`,
  to: new Date(Date.parse(from) + 7 * 86_400_000).toISOString(),
  wanted: true,
  missing,
  bytes: 0,
  rows: null,
});
const strays = (tasks: number): Partitions["strays"] => [
  { table: "tasks", rows: { value: tasks, precision: "exact" } },
  { table: "runs", rows: { value: 0, precision: "exact" } },
];

test("nothing is wrong when every wanted week is there and nothing strays", () => {
  const weeks = [week("2026-03-02"), { ...week("2026-01-05", ["runs"]), wanted: false }];
  expect(partitionProblems({ weeks, strays: strays(0) }, NOW)).toEqual([]);
});

test("a missing week is a warning while a default partition takes its rows", () => {
  const weeks = [week("2026-03-02", ["runs"]), week("2026-03-09", ["tasks"])];
  expect(partitionProblems({ weeks, strays: strays(0) }, NOW)).toMatchObject([
    {
      tone: "warning",
      text: expect.stringContaining("2 wanted weeks are missing, the first from 2026-03-02"),
    },
  ]);
});

test("a missing running week without a default partition is bad, a later one a warning", () => {
  const of = (from: string) =>
    partitionProblems({ weeks: [week(from, ["runs"])], strays: [] }, NOW);
  expect(of("2026-03-02")).toMatchObject([
    { tone: "bad", text: expect.stringContaining("refused") },
  ]);
  expect(of("2026-03-09")).toMatchObject([{ tone: "warning" }]);
});

test("strays are counted by table", () => {
  expect(partitionProblems({ weeks: [], strays: strays(3) }, NOW)).toMatchObject([
    {
      tone: "warning",
      text: expect.stringContaining("3 rows lie in the default partition (3 tasks)"),
    },
  ]);
});
