import { expect, test } from "vitest";
import type { Partitions, PartitionWeek } from "@/lib/model/rows/maintenance";
import { listPartitionProblems } from "./partition-health";

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

test("there is no problem when all required weeks exist and the default partition is empty", () => {
  const weeks = [week("2026-03-02"), { ...week("2026-01-05", ["runs"]), wanted: false }];
  expect(listPartitionProblems({ weeks, strays: strays(0) }, NOW)).toEqual([]);
});

test("a missing week is only a warning while a default partition takes its rows", () => {
  const weeks = [week("2026-03-02", ["runs"]), week("2026-03-09", ["tasks"])];
  expect(listPartitionProblems({ weeks, strays: strays(0) }, NOW)).toMatchObject([
    {
      tone: "warning",
      text: expect.stringContaining("2 weekly partitions missing, the first from 2026-03-02"),
    },
  ]);
});

test("without a default partition, a missing current week is bad and a later one a warning", () => {
  const of = (from: string) =>
    listPartitionProblems({ weeks: [week(from, ["runs"])], strays: [] }, NOW);
  expect(of("2026-03-02")).toMatchObject([
    { tone: "bad", text: expect.stringContaining("rejected") },
  ]);
  expect(of("2026-03-09")).toMatchObject([{ tone: "warning" }]);
});

test("rows in the default partition are counted by table", () => {
  expect(listPartitionProblems({ weeks: [], strays: strays(3) }, NOW)).toMatchObject([
    {
      tone: "warning",
      text: expect.stringContaining("3 rows in the default partition (3 tasks)"),
    },
  ]);
});
